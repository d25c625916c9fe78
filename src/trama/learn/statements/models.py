"""What the store keeps, and what may never be false of it."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

KEY = 24  # letters of ``checking.key_of``


class StatementClient(models.Model):
    """A program with a token for the store. Only the hash of its secret is kept.

    ``scopes``: names of ``scopes.SCOPES``, with spaces. Of a session of a package (``SESSION``), what it may write and
    read is about one learner: ``agent`` is the key of the agent, ``registration`` that of the session.

    Personal data: who made and revoked it; of a session, whose it is, as a key that only the store can resolve.
    Purpose: accountability, learning. Kept as long as the statements that it wrote.
    """

    class Kind(models.TextChoices):
        PROGRAM = "program", pgettext_lazy("kind of access", "program")
        SESSION = "session", pgettext_lazy("kind of access", "session of a package")
        PLATFORM = "platform", pgettext_lazy("kind of access", "this site")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.PROGRAM, editable=False)
    name = models.CharField(pgettext_lazy("of a program", "name"), max_length=120)
    key = models.CharField(max_length=32, unique=True, editable=False)
    secret_hash = models.CharField(max_length=64, editable=False)
    scopes = models.CharField(_("may"), max_length=200)
    agent = models.CharField(max_length=KEY, blank=True, editable=False)
    registration = models.CharField(max_length=36, blank=True, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(_("created at"))
    expires_at = models.DateTimeField(_("valid until"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("program with access to the statements")
        verbose_name_plural = _("programs with access to the statements")
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.name


class Statement(models.Model):
    """A statement as it is given back, whole, in ``body``. The rest is what it is found by. It never changes.

    Only an erasure of a person touches it: ``body`` and ``actor`` then name nobody, and ``erased_at`` says so.

    Personal data: what somebody did in training, under the identifier that the program uses; the platform's own
    statements under a pseudonym (``LearnerAlias``). Purpose: training. Kept until the person is erased.
    """

    uid = models.CharField(max_length=36, unique=True)  # the id of the statement, in small letters
    client = models.ForeignKey(StatementClient, models.PROTECT, related_name="statements")
    stored = models.DateTimeField()
    actor = models.CharField(max_length=KEY, blank=True)
    verb = models.CharField(max_length=KEY)
    activity = models.CharField(max_length=KEY, blank=True)
    registration = models.CharField(max_length=36, blank=True)
    refers_to = models.CharField(max_length=36, blank=True)
    voids = models.CharField(max_length=36, blank=True)
    files = models.PositiveSmallIntegerField(default=0)  # attachments that came with their content
    body = models.TextField()
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("statement")
        verbose_name_plural = _("statements")
        ordering = ["-stored", "-pk"]
        indexes = [
            models.Index(fields=["stored", "id"], name="statement_stored"),
            models.Index(fields=["actor", "stored"], name="statement_actor"),
            models.Index(fields=["verb", "stored"], name="statement_verb"),
            models.Index(fields=["activity", "stored"], name="statement_activity"),
            models.Index(fields=["registration"], condition=~Q(registration=""), name="statement_registration"),
            models.Index(fields=["refers_to"], condition=~Q(refers_to=""), name="statement_refers_to"),
            models.Index(fields=["voids"], condition=~Q(voids=""), name="statement_voids"),
        ]

    def __str__(self) -> str:
        return self.uid


class StatementKey(models.Model):
    """What else a statement may be found by: agents and activities beside its actor and object."""

    statement = models.ForeignKey(Statement, models.CASCADE, related_name="keys", db_index=False)
    role = models.PositiveSmallIntegerField()  # ``checking.facts.Role``
    key = models.CharField(max_length=KEY)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["statement", "role", "key"], name="one_key_of_a_statement")]
        indexes = [models.Index(fields=["key", "role", "statement"], name="statementkey_found")]

    def __str__(self) -> str:
        return f"{self.role} {self.key}"


class StatementFile(models.Model):
    """The content of an attachment.

    Personal data: whatever a program attached to what somebody did. Purpose: training. Goes with the person's erasure.
    """

    statement = models.ForeignKey(Statement, models.CASCADE, related_name="contents")
    sha2 = models.CharField(max_length=128)
    content_type = models.CharField(max_length=200)
    content = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["statement", "sha2"], name="one_content_of_an_attachment")]

    def __str__(self) -> str:
        return self.sha2


class ActivityDefinition(models.Model):
    """What is known of an activity: the definitions that statements brought, put together, the later one first."""

    key = models.CharField(max_length=KEY, unique=True)
    iri = models.TextField()
    definition = models.TextField()  # JSON
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.iri


class StoreDocument(models.Model):
    """A document that a program keeps about an agent, an activity, or an agent in an activity.

    Personal data: whatever a program keeps about a learner (where they stopped, what they prefer). Purpose: training.
    Goes with the person's erasure.
    """

    class Kind(models.TextChoices):
        STATE = "state"
        AGENT = "agent"
        ACTIVITY = "activity"

    kind = models.CharField(max_length=8, choices=Kind)
    activity = models.CharField(max_length=KEY, blank=True)
    agent = models.CharField(max_length=KEY, blank=True)
    registration = models.CharField(max_length=36, blank=True)
    name = models.CharField(max_length=500)  # stateId or profileId
    content_type = models.CharField(max_length=200)
    content = models.BinaryField()
    etag = models.CharField(max_length=40)  # SHA-1 of the content, as the specification asks
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agent", "activity", "kind", "registration", "name"], name="one_document_of_a_name"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class LearnerAlias(models.Model):
    """The pseudonym of a person in the platform's own statements: random, and forgotten with the person.

    Personal data: ties a pseudonym to a person. Purpose: statements that name nobody. Kept while the account exists.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    def __str__(self) -> str:
        return str(self.uid)


class LearnerObjection(models.Model):
    """A person of whom this site writes no statements, because they were erased or asked for it, until they agree.

    What happened before ``agreed_at`` is never written (again); without it, nothing is. The objection is kept so that
    it holds: forgetting it would begin the record anew.

    Personal data: that a person objected (LGPD, art. 18). Purpose: respecting it. Kept while the account exists.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    since = models.DateTimeField(_("since"))
    agreed_at = models.DateTimeField(_("agreed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("objection to statements")
        verbose_name_plural = _("objections to statements")
        constraints = [
            models.CheckConstraint(
                name="who_agrees_objected_before", condition=Q(agreed_at__isnull=True) | Q(agreed_at__gte=F("since"))
            ),
        ]

    def __str__(self) -> str:
        return str(self.user)


class StatementSource(models.Model):
    """How far the platform's own events were written as statements.

    Of each kind: the moment of its last row that was read. Of all together: what ``own.is_due`` compares.
    """

    name = models.CharField(max_length=40, unique=True)
    last = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name} {self.last}"
