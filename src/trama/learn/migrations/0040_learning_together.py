"""Forums, feedback among peers, reminders and messages, extra attempts."""

import django.core.validators
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from trama.foundation.tables import CreateTables


class Migration(migrations.Migration):

    dependencies = [
        ('learn', '0031_what_tools_told_stays'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateTables([
        migrations.CreateModel(
            name='CohortMessage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('submission', models.UUIDField(unique=True)),
                ('at', models.DateTimeField(verbose_name='at')),
                ('text', models.TextField(max_length=3000, verbose_name='message')),
            ],
            options={
                'ordering': ['-at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='CohortMessageTo',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('mailed', models.BooleanField()),
            ],
        ),
        migrations.CreateModel(
            name='ExtraAttempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=300, verbose_name='reason')),
                ('at', models.DateTimeField(verbose_name='at')),
            ],
            options={
                'ordering': ['at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='ForumChoice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('follows', models.CharField(choices=[('all', 'every topic'), ('mine', 'topics that I wrote in'), ('none', 'nothing')], max_length=4, verbose_name='letters tell me of')),
            ],
        ),
        migrations.CreateModel(
            name='ForumPost',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('number', models.PositiveIntegerField(verbose_name='number')),
                ('submission', models.UUIDField(unique=True)),
                ('text', models.TextField(max_length=10000, verbose_name='text')),
                ('folded', models.TextField(editable=False)),
                ('revision', models.PositiveIntegerField(default=1)),
                ('created_at', models.DateTimeField(verbose_name='created at')),
                ('edited_at', models.DateTimeField(blank=True, null=True, verbose_name='changed at')),
                ('hidden_at', models.DateTimeField(blank=True, null=True, verbose_name='hidden at')),
                ('hidden_reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
            ],
            options={
                'verbose_name': 'post',
                'verbose_name_plural': 'posts',
                'ordering': ['number'],
            },
        ),
        migrations.CreateModel(
            name='ForumPostText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('revision', models.PositiveIntegerField()),
                ('text', models.TextField(max_length=10000, verbose_name='text')),
                ('until', models.DateTimeField(verbose_name='until')),
            ],
            options={
                'ordering': ['-revision'],
            },
        ),
        migrations.CreateModel(
            name='ForumReading',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='ForumTopic',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('title', models.CharField(max_length=160, verbose_name='subject')),
                ('created_at', models.DateTimeField(verbose_name='created at')),
                ('last_at', models.DateTimeField(verbose_name='last written at')),
                ('posts_written', models.PositiveIntegerField(default=0)),
                ('pinned_at', models.DateTimeField(blank=True, null=True, verbose_name='pinned at')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='closed at')),
            ],
            options={
                'verbose_name': 'topic',
                'verbose_name_plural': 'topics',
            },
        ),
        migrations.CreateModel(
            name='Nudge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('idle', 'days without activity'), ('due', 'days past a planned day')], max_length=4)),
                ('since', models.DateField(verbose_name='counted from')),
                ('step', models.PositiveSmallIntegerField(verbose_name='days')),
                ('at', models.DateTimeField(verbose_name='at')),
            ],
        ),
        migrations.CreateModel(
            name='NudgeMute',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since', models.DateTimeField(verbose_name='since')),
            ],
        ),
        migrations.CreateModel(
            name='PeerFeedback',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('given_out_at', models.DateTimeField(verbose_name='given out at')),
                ('due_at', models.DateTimeField(verbose_name='until')),
                ('text', models.TextField(blank=True, max_length=10000, verbose_name='feedback')),
                ('given_at', models.DateTimeField(blank=True, null=True, verbose_name='given at')),
                ('set_aside_at', models.DateTimeField(blank=True, null=True, verbose_name='set aside at')),
                ('set_aside_reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
            ],
            options={
                'verbose_name': 'peer feedback',
                'verbose_name_plural': 'peer feedback',
                'ordering': ['given_out_at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='PeerMark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.PositiveSmallIntegerField(verbose_name='level')),
            ],
        ),
        migrations.CreateModel(
            name='PeerPool',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ],
        ),
        migrations.AddField(
            model_name='cohortmessage',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='cohortmessage',
            name='cohort',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='learn.cohort'),
        ),
        migrations.AddField(
            model_name='cohortmessageto',
            name='enrolment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='learn.enrolment'),
        ),
        migrations.AddField(
            model_name='cohortmessageto',
            name='message',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='recipients', to='learn.cohortmessage'),
        ),
        migrations.AddField(
            model_name='extraattempt',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='extraattempt',
            name='enrolment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='extra_attempts', to='learn.enrolment'),
        ),
        migrations.AddField(
            model_name='extraattempt',
            name='quiz',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='learn.quiz'),
        ),
        migrations.AddField(
            model_name='forumchoice',
            name='cohort',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='learn.cohort'),
        ),
        migrations.AddField(
            model_name='forumchoice',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='forumpost',
            name='author',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='forumpost',
            name='hidden_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='forumposttext',
            name='post',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='earlier', to='learn.forumpost'),
        ),
        migrations.AddField(
            model_name='forumreading',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='forumtopic',
            name='answer',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='learn.forumpost'),
        ),
        migrations.AddField(
            model_name='forumtopic',
            name='author',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='forumtopic',
            name='cohort',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='topics', to='learn.cohort'),
        ),
        migrations.AddField(
            model_name='forumtopic',
            name='module',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='learn.module', verbose_name='module'),
        ),
        migrations.AddField(
            model_name='forumreading',
            name='topic',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='readings', to='learn.forumtopic'),
        ),
        migrations.AddField(
            model_name='forumpost',
            name='topic',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='posts', to='learn.forumtopic'),
        ),
        migrations.AddField(
            model_name='nudge',
            name='enrolment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='nudges', to='learn.enrolment'),
        ),
        migrations.AddField(
            model_name='nudgemute',
            name='cohort',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='learn.cohort'),
        ),
        migrations.AddField(
            model_name='nudgemute',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='peerfeedback',
            name='giver',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='peer_feedback', to='learn.enrolment'),
        ),
        migrations.AddField(
            model_name='peerfeedback',
            name='round',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='learn.workround'),
        ),
        migrations.AddField(
            model_name='peerfeedback',
            name='set_aside_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='peerfeedback',
            name='work',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='peer_feedback', to='learn.assignmentwork'),
        ),
        migrations.AddField(
            model_name='peermark',
            name='criterion',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='learn.rubriccriterion'),
        ),
        migrations.AddField(
            model_name='peermark',
            name='feedback',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='marks', to='learn.peerfeedback'),
        ),
        migrations.AddField(
            model_name='peerpool',
            name='assignment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='learn.assignment'),
        ),
        migrations.AddField(
            model_name='peerpool',
            name='cohort',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='learn.cohort'),
        ),
        migrations.AddConstraint(
            model_name='cohortmessageto',
            constraint=models.UniqueConstraint(fields=('message', 'enrolment'), name='a_message_reaches_a_person_once'),
        ),
        migrations.AddConstraint(
            model_name='extraattempt',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='an_extra_attempt_says_why'),
        ),
        migrations.AddConstraint(
            model_name='forumchoice',
            constraint=models.UniqueConstraint(fields=('cohort', 'user'), name='one_forum_choice_per_cohort_and_user'),
        ),
        migrations.AddConstraint(
            model_name='forumposttext',
            constraint=models.UniqueConstraint(fields=('post', 'revision'), name='one_earlier_text_per_revision'),
        ),
        migrations.AddIndex(
            model_name='forumtopic',
            index=models.Index(fields=['cohort', 'last_at'], name='forum_by_activity'),
        ),
        migrations.AddConstraint(
            model_name='forumreading',
            constraint=models.UniqueConstraint(fields=('topic', 'user'), name='one_reading_per_topic_and_person'),
        ),
        migrations.AddConstraint(
            model_name='forumpost',
            constraint=models.UniqueConstraint(fields=('topic', 'number'), name='one_post_per_number_of_a_topic'),
        ),
        migrations.AddConstraint(
            model_name='forumpost',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('hidden_at__isnull', True), ('hidden_by__isnull', True), ('hidden_reason', '')), models.Q(('hidden_at__isnull', False), ('hidden_by__isnull', False), models.Q(('hidden_reason', ''), _negated=True)), _connector='OR'), name='a_hidden_post_says_who_and_why'),
        ),
        migrations.AddConstraint(
            model_name='nudge',
            constraint=models.UniqueConstraint(fields=('enrolment', 'kind', 'since', 'step'), name='one_nudge_per_step'),
        ),
        migrations.AddConstraint(
            model_name='nudgemute',
            constraint=models.UniqueConstraint(fields=('user', 'cohort'), name='one_mute_per_person_and_cohort'),
        ),
        migrations.AddConstraint(
            model_name='nudgemute',
            constraint=models.UniqueConstraint(condition=models.Q(('cohort__isnull', True)), fields=('user',), name='one_mute_of_everything_per_person'),
        ),
        migrations.AddConstraint(
            model_name='peerfeedback',
            constraint=models.UniqueConstraint(fields=('work', 'giver'), name='a_peer_reads_a_work_once'),
        ),
        migrations.AddConstraint(
            model_name='peerfeedback',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('given_at__isnull', True), ('round__isnull', True)), models.Q(('given_at__isnull', False), ('round__isnull', False), models.Q(('text', ''), _negated=True)), _connector='OR'), name='given_peer_feedback_has_words'),
        ),
        migrations.AddConstraint(
            model_name='peerfeedback',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('set_aside_at__isnull', True), ('set_aside_by__isnull', True), ('set_aside_reason', '')), models.Q(('set_aside_at__isnull', False), ('set_aside_by__isnull', False), models.Q(('set_aside_reason', ''), _negated=True)), _connector='OR'), name='peer_feedback_set_aside_says_who_and_why'),
        ),
        migrations.AddConstraint(
            model_name='peermark',
            constraint=models.UniqueConstraint(fields=('feedback', 'criterion'), name='one_peer_mark_per_criterion'),
        ),
        migrations.AddConstraint(
            model_name='peermark',
            constraint=models.CheckConstraint(condition=models.Q(('level__gte', 1), ('level__lte', 4)), name='a_peer_mark_is_one_of_four_levels'),
        ),
        migrations.AddConstraint(
            model_name='peerpool',
            constraint=models.UniqueConstraint(fields=('cohort', 'assignment'), name='one_pool_per_cohort_and_assignment'),
        ),
        ]),
        migrations.AddField(
            model_name='assignment',
            name='peers',
            field=models.PositiveSmallIntegerField(default=0, validators=[django.core.validators.MaxValueValidator(3)], verbose_name='peers who give feedback on each piece of work (0 to 3)'),
        ),
        migrations.AddField(
            model_name='assignment',
            name='peers_anonymous',
            field=models.BooleanField(default=True, verbose_name='the authors do not see which peer wrote'),
        ),
        migrations.AddField(
            model_name='assignment',
            name='peers_asked',
            field=models.BooleanField(default=False, verbose_name='giving feedback counts for the certificate'),
        ),
        migrations.AddField(
            model_name='assignment',
            name='peers_days',
            field=models.PositiveSmallIntegerField(default=7, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(60)], verbose_name='days that a peer has to give feedback'),
        ),
        migrations.AddConstraint(
            model_name='assignment',
            constraint=models.CheckConstraint(condition=models.Q(('peers__lte', 3)), name='at_most_three_peers_read_a_work'),
        ),
        migrations.AddConstraint(
            model_name='assignment',
            constraint=models.CheckConstraint(condition=models.Q(('peers_days__gte', 1)), name='peers_have_a_day_at_least'),
        ),
    ]
