"""How every form is drawn: ``{{ form }}`` gives the error summary and the fields, each with label, help and error."""

from django.forms.renderers import DjangoTemplates


class TramaRenderer(DjangoTemplates):
    """Django's own widgets inside our fields (``FORM_RENDERER`` in the settings)."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"
