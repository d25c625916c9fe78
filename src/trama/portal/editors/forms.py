"""The role of one person."""

from django import forms
from django.utils.translation import gettext_lazy as _

from .models import SiteRole


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("Role on the site"), choices=SiteRole.choices)
