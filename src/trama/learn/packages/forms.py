"""What an author sends."""

from django import forms
from django.utils.translation import gettext_lazy as _


class PackageForm(forms.Form):
    """A package that runs."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    file = forms.FileField(
        label=_("Package file"),
        help_text=_(
            "SCORM 1.2, SCORM 2004, cmi5, or H5P with its libraries: a .zip or .h5p file of at most 20 MB. A cmi5.xml "
            "may come alone, if all its units are on other sites."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".zip,.h5p,.xml"}),
    )


class CartridgeForm(forms.Form):
    """A Common Cartridge."""

    file = forms.FileField(
        label=_("Common Cartridge"),
        help_text=_("Version 1.1 to 1.3: an .imscc or .zip file of at most 20 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": ".imscc,.zip"}),
    )
