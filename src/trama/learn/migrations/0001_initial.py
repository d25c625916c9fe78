import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from trama.foundation.tables import CreateTables


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0006_tool_of_courses'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateTables([
        migrations.CreateModel(
            name='Part',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('lesson', 'lesson'), ('quiz', 'quiz'), ('assignment', 'practice assignment')], max_length=10, verbose_name='kind')),
                ('slug', models.SlugField(max_length=80)),
                ('position', models.PositiveSmallIntegerField()),
                ('minutes', models.PositiveSmallIntegerField(verbose_name='minutes')),
                ('title_pt', models.CharField(max_length=160, verbose_name='title (Portuguese)')),
                ('title_en', models.CharField(max_length=160, verbose_name='title (English)')),
                ('revision', models.PositiveIntegerField(default=1)),
            ],
            options={
                'ordering': ['position', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Module',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(max_length=80)),
                ('position', models.PositiveSmallIntegerField()),
                ('minutes', models.PositiveSmallIntegerField(verbose_name='minutes')),
                ('title_pt', models.CharField(max_length=160, verbose_name='title (Portuguese)')),
                ('title_en', models.CharField(max_length=160, verbose_name='title (English)')),
                ('summary_pt', models.TextField(verbose_name='summary (Portuguese)')),
                ('summary_en', models.TextField(verbose_name='summary (English)')),
                ('revision', models.PositiveIntegerField(default=1)),
            ],
            options={
                'ordering': ['position'],
            },
        ),
        migrations.CreateModel(
            name='Question',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('kind', models.CharField(choices=[('single', 'one right answer'), ('multiple', 'several right answers'), ('true_false', 'true or false'), ('order', 'put in order'), ('match', 'find the pairs'), ('number', 'a number'), ('short', 'a short answer')], max_length=10, verbose_name='kind')),
                ('text_pt', models.TextField(verbose_name='question (Portuguese)')),
                ('text_en', models.TextField(verbose_name='question (English)')),
                ('feedback_pt', models.TextField(verbose_name='explanation after the answer (Portuguese)')),
                ('feedback_en', models.TextField(verbose_name='explanation after the answer (English)')),
                ('answer', models.DecimalField(blank=True, decimal_places=4, max_digits=16, null=True, verbose_name='right number')),
                ('tolerance', models.DecimalField(blank=True, decimal_places=4, max_digits=16, null=True, verbose_name='tolerance')),
                ('unit_pt', models.CharField(blank=True, max_length=40, verbose_name='unit (Portuguese)')),
                ('unit_en', models.CharField(blank=True, max_length=40, verbose_name='unit (English)')),
                ('accepted_pt', models.TextField(blank=True, verbose_name='accepted answers (Portuguese)')),
                ('accepted_en', models.TextField(blank=True, verbose_name='accepted answers (English)')),
                ('revision', models.PositiveIntegerField(default=1)),
            ],
            options={
                'ordering': ['position', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='RubricCriterion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('weight', models.PositiveSmallIntegerField(default=1, verbose_name='weight')),
                ('title_pt', models.CharField(max_length=160, verbose_name='title (Portuguese)')),
                ('title_en', models.CharField(max_length=160, verbose_name='title (English)')),
                ('revision', models.PositiveIntegerField(default=1)),
            ],
            options={
                'ordering': ['position', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Assignment',
            fields=[
                ('part_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='learn.part')),
                ('who', models.CharField(choices=[('each', 'each person'), ('pair', 'one for both of a management pair')], max_length=6, verbose_name='who hands it in')),
                ('task_pt', models.TextField(verbose_name='task (Portuguese)')),
                ('task_en', models.TextField(verbose_name='task (English)')),
                ('product_pt', models.TextField(verbose_name='what to hand in (Portuguese)')),
                ('product_en', models.TextField(verbose_name='what to hand in (English)')),
                ('example_pt', models.TextField(blank=True, verbose_name='example of good work (Portuguese)')),
                ('example_en', models.TextField(blank=True, verbose_name='example of good work (English)')),
            ],
            bases=('learn.part',),
        ),
        migrations.CreateModel(
            name='Lesson',
            fields=[
                ('part_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='learn.part')),
                ('body_pt', models.TextField(verbose_name='text (Portuguese)')),
                ('body_en', models.TextField(verbose_name='text (English)')),
            ],
            bases=('learn.part',),
        ),
        migrations.CreateModel(
            name='Course',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(max_length=80, unique=True)),
                ('position', models.PositiveSmallIntegerField(default=100, verbose_name='position in the catalogue')),
                ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation')),
            ],
            options={
                'verbose_name': 'course',
                'verbose_name_plural': 'courses',
                'ordering': ['position', 'slug'],
            },
        ),
        migrations.CreateModel(
            name='CourseVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.CharField(max_length=20, verbose_name='version')),
                ('state', models.CharField(choices=[('draft', 'draft'), ('published', 'published'), ('retired', 'retired')], default='draft', max_length=10, verbose_name='state')),
                ('hours', models.PositiveSmallIntegerField(verbose_name='workload in hours, as certificates state it')),
                ('licence', models.CharField(max_length=60, verbose_name='licence')),
                ('title_pt', models.CharField(max_length=160, verbose_name='title (Portuguese)')),
                ('title_en', models.CharField(max_length=160, verbose_name='title (English)')),
                ('summary_pt', models.TextField(verbose_name='summary (Portuguese)')),
                ('summary_en', models.TextField(verbose_name='summary (English)')),
                ('objectives_pt', models.TextField(verbose_name='objectives (Portuguese)')),
                ('objectives_en', models.TextField(verbose_name='objectives (English)')),
                ('what_you_need_pt', models.TextField(blank=True, verbose_name='what it needs (Portuguese)')),
                ('what_you_need_en', models.TextField(blank=True, verbose_name='what it needs (English)')),
                ('authors_pt', models.CharField(max_length=300, verbose_name='authors (Portuguese)')),
                ('authors_en', models.CharField(max_length=300, verbose_name='authors (English)')),
                ('note_pt', models.TextField(blank=True, verbose_name='note (Portuguese)')),
                ('note_en', models.TextField(blank=True, verbose_name='note (English)')),
                ('what_changed_pt', models.TextField(blank=True, verbose_name='what changed (Portuguese)')),
                ('what_changed_en', models.TextField(blank=True, verbose_name='what changed (English)')),
                ('lessons_rule', models.CharField(choices=[('all', 'every lesson opened'), ('none', 'lessons do not count')], default='all', max_length=10, verbose_name='lessons')),
                ('quizzes_rule', models.CharField(choices=[('pass', 'every quiz passed'), ('answer', 'every quiz answered'), ('none', 'quizzes do not count')], default='pass', max_length=10, verbose_name='quizzes')),
                ('assignments_rule', models.CharField(choices=[('accepted', 'every assignment accepted'), ('submitted', 'every assignment handed in'), ('none', 'assignments do not count')], default='accepted', max_length=10, verbose_name='assignments')),
                ('attendance_percent', models.PositiveSmallIntegerField(default=0, verbose_name='meetings attended, in per cent')),
                ('content_hash', models.CharField(blank=True, editable=False, max_length=64)),
                ('revision', models.PositiveIntegerField(default=1)),
                ('created_at', models.DateTimeField(verbose_name='created at')),
                ('changed_at', models.DateTimeField(verbose_name='changed at')),
                ('published_at', models.DateTimeField(blank=True, null=True, verbose_name='published at')),
                ('course', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='learn.course')),
                ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'version of a course',
                'verbose_name_plural': 'versions of courses',
            },
        ),
        migrations.CreateModel(
            name='CourseTechnology',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(max_length=60)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='technologies', to='learn.courseversion')),
            ],
        ),
        migrations.CreateModel(
            name='CourseCriterion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=12)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='criteria', to='learn.courseversion')),
            ],
        ),
        migrations.CreateModel(
            name='CourseChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('part', models.CharField(blank=True, max_length=40, verbose_name='part')),
                ('label', models.CharField(blank=True, max_length=200, verbose_name='name of the part')),
                ('field', models.CharField(max_length=40, verbose_name='field')),
                ('before', models.TextField(blank=True, verbose_name='before')),
                ('after', models.TextField(blank=True, verbose_name='after')),
                ('reason', models.TextField(blank=True, verbose_name='reason')),
                ('at', models.DateTimeField(verbose_name='when')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='changes', to='learn.courseversion')),
            ],
            options={
                'verbose_name': 'change of a course',
                'verbose_name_plural': 'changes of courses',
                'ordering': ['-at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='CourseAudience',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('audience', models.CharField(choices=[('secretariat', 'secretariat'), ('principals', 'school principals'), ('coordinators', 'pedagogical coordinators'), ('teachers', 'teachers'), ('families', 'families'), ('state', 'state secretariat'), ('territory', 'territory')], max_length=12, verbose_name='audience')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='audiences', to='learn.courseversion')),
            ],
        ),
        migrations.CreateModel(
            name='FurtherReading',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('title', models.CharField(max_length=300, verbose_name='title')),
                ('address', models.URLField(max_length=500, verbose_name='address')),
                ('note_pt', models.TextField(blank=True, verbose_name='note (Portuguese)')),
                ('note_en', models.TextField(blank=True, verbose_name='note (English)')),
                ('revision', models.PositiveIntegerField(default=1)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='further', to='learn.courseversion')),
            ],
            options={
                'ordering': ['position'],
            },
        ),
        migrations.CreateModel(
            name='GlossaryTerm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('term_pt', models.CharField(max_length=120, verbose_name='term (Portuguese)')),
                ('term_en', models.CharField(max_length=120, verbose_name='term (English)')),
                ('definition_pt', models.TextField(verbose_name='definition (Portuguese)')),
                ('definition_en', models.TextField(verbose_name='definition (English)')),
                ('revision', models.PositiveIntegerField(default=1)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='glossary', to='learn.courseversion')),
            ],
            options={
                'ordering': ['position'],
            },
        ),
        migrations.CreateModel(
            name='LibraryItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(max_length=80)),
                ('position', models.PositiveSmallIntegerField()),
                ('title_pt', models.CharField(max_length=160, verbose_name='title (Portuguese)')),
                ('title_en', models.CharField(max_length=160, verbose_name='title (English)')),
                ('summary_pt', models.TextField(verbose_name='summary (Portuguese)')),
                ('summary_en', models.TextField(verbose_name='summary (English)')),
                ('body_pt', models.TextField(verbose_name='text (Portuguese)')),
                ('body_en', models.TextField(verbose_name='text (English)')),
                ('revision', models.PositiveIntegerField(default=1)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='library', to='learn.courseversion')),
            ],
            options={
                'ordering': ['position'],
            },
        ),
        migrations.AddField(
            model_name='part',
            name='module',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='learn.module'),
        ),
        migrations.AddField(
            model_name='module',
            name='version',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='modules', to='learn.courseversion'),
        ),
        migrations.CreateModel(
            name='Path',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(max_length=80, unique=True)),
                ('position', models.PositiveSmallIntegerField(default=100, verbose_name='position in the catalogue')),
                ('state', models.CharField(choices=[('draft', 'draft'), ('published', 'published'), ('retired', 'retired')], default='draft', max_length=10, verbose_name='state')),
                ('title_pt', models.CharField(max_length=160, verbose_name='title (Portuguese)')),
                ('title_en', models.CharField(max_length=160, verbose_name='title (English)')),
                ('summary_pt', models.TextField(verbose_name='summary (Portuguese)')),
                ('summary_en', models.TextField(verbose_name='summary (English)')),
                ('at_least', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='courses that complete it')),
                ('content_hash', models.CharField(blank=True, editable=False, max_length=64)),
                ('revision', models.PositiveIntegerField(default=1)),
                ('created_at', models.DateTimeField(verbose_name='created at')),
                ('changed_at', models.DateTimeField(verbose_name='changed at')),
                ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation')),
            ],
            options={
                'verbose_name': 'path',
                'verbose_name_plural': 'paths',
                'ordering': ['position', 'slug'],
            },
        ),
        migrations.CreateModel(
            name='PathCourse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('required', models.BooleanField(default=False, verbose_name='required')),
                ('course', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='learn.course')),
                ('path', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='courses', to='learn.path')),
            ],
            options={
                'ordering': ['position', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='PathMaterial',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('title_pt', models.CharField(max_length=200, verbose_name='title (Portuguese)')),
                ('title_en', models.CharField(max_length=200, verbose_name='title (English)')),
                ('address', models.CharField(max_length=500, verbose_name='address')),
                ('note_pt', models.TextField(blank=True, verbose_name='note (Portuguese)')),
                ('note_en', models.TextField(blank=True, verbose_name='note (English)')),
                ('path', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='materials', to='learn.path')),
            ],
            options={
                'ordering': ['position', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Option',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('text_pt', models.TextField(verbose_name='text (Portuguese)')),
                ('text_en', models.TextField(verbose_name='text (English)')),
                ('right', models.BooleanField(default=False, verbose_name='right')),
                ('pair_pt', models.TextField(blank=True, verbose_name='its pair (Portuguese)')),
                ('pair_en', models.TextField(blank=True, verbose_name='its pair (English)')),
                ('feedback_pt', models.TextField(blank=True, verbose_name='explanation (Portuguese)')),
                ('feedback_en', models.TextField(blank=True, verbose_name='explanation (English)')),
                ('question', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='options', to='learn.question')),
            ],
            options={
                'ordering': ['position'],
            },
        ),
        migrations.CreateModel(
            name='RubricLevel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.PositiveSmallIntegerField(verbose_name='level')),
                ('text_pt', models.TextField(verbose_name='text (Portuguese)')),
                ('text_en', models.TextField(verbose_name='text (English)')),
                ('criterion', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='levels', to='learn.rubriccriterion')),
            ],
            options={
                'ordering': ['level'],
            },
        ),
        migrations.AddField(
            model_name='rubriccriterion',
            name='assignment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='criteria', to='learn.assignment'),
        ),
        migrations.AddField(
            model_name='question',
            name='lesson',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='learn.lesson', verbose_name='lesson to go back to'),
        ),
        migrations.CreateModel(
            name='Quiz',
            fields=[
                ('part_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='learn.part')),
                ('instructions_pt', models.TextField(blank=True, verbose_name='instructions (Portuguese)')),
                ('instructions_en', models.TextField(blank=True, verbose_name='instructions (English)')),
                ('pass_percent', models.PositiveSmallIntegerField(default=70, verbose_name='per cent to pass')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='attempts (0: without limit)')),
                ('time_limit', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='time limit in minutes')),
                ('draw', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='questions in each attempt')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('pass_percent__lte', 100)), name='quiz_is_passed_at_a_share'), models.CheckConstraint(condition=models.Q(('draw__isnull', True), ('draw__gte', 1), _connector='OR'), name='quiz_draws_some'), models.CheckConstraint(condition=models.Q(('time_limit__isnull', True), ('time_limit__gte', 1), _connector='OR'), name='quiz_has_time')],
            },
            bases=('learn.part',),
        ),
        migrations.AddField(
            model_name='question',
            name='quiz',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='questions', to='learn.quiz'),
        ),
        migrations.AddConstraint(
            model_name='courseversion',
            constraint=models.UniqueConstraint(fields=('course', 'version'), name='one_course_version_per_label'),
        ),
        migrations.AddConstraint(
            model_name='courseversion',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'published')), fields=('course',), name='one_published_version_per_course'),
        ),
        migrations.AddConstraint(
            model_name='courseversion',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'draft'), ('published_at__isnull', False), _connector='OR'), name='published_course_has_its_date'),
        ),
        migrations.AddConstraint(
            model_name='courseversion',
            constraint=models.CheckConstraint(condition=models.Q(('attendance_percent__lte', 100)), name='course_attendance_is_a_share'),
        ),
        migrations.AddConstraint(
            model_name='coursetechnology',
            constraint=models.UniqueConstraint(fields=('version', 'slug'), name='one_technology_per_course_version'),
        ),
        migrations.AddConstraint(
            model_name='coursecriterion',
            constraint=models.UniqueConstraint(fields=('version', 'code'), name='one_criterion_per_course_version'),
        ),
        migrations.AddIndex(
            model_name='coursechange',
            index=models.Index(fields=['version', 'at'], name='course_change_at'),
        ),
        migrations.AddConstraint(
            model_name='courseaudience',
            constraint=models.UniqueConstraint(fields=('version', 'audience'), name='one_audience_per_course_version'),
        ),
        migrations.AddConstraint(
            model_name='libraryitem',
            constraint=models.UniqueConstraint(fields=('version', 'slug'), name='one_paper_per_slug_of_a_course'),
        ),
        migrations.AddConstraint(
            model_name='part',
            constraint=models.UniqueConstraint(fields=('module', 'kind', 'slug'), name='one_part_per_slug_of_a_module'),
        ),
        migrations.AddConstraint(
            model_name='module',
            constraint=models.UniqueConstraint(fields=('version', 'slug'), name='one_module_per_slug_of_a_course'),
        ),
        migrations.AddConstraint(
            model_name='path',
            constraint=models.CheckConstraint(condition=models.Q(('at_least__isnull', True), ('at_least__gte', 1), _connector='OR'), name='path_asks_some'),
        ),
        migrations.AddConstraint(
            model_name='pathcourse',
            constraint=models.UniqueConstraint(fields=('path', 'course'), name='one_place_per_course_of_a_path'),
        ),
        migrations.AddConstraint(
            model_name='option',
            constraint=models.UniqueConstraint(fields=('question', 'position'), name='one_option_per_place_of_a_question'),
        ),
        migrations.AddConstraint(
            model_name='rubriclevel',
            constraint=models.UniqueConstraint(fields=('criterion', 'level'), name='one_text_per_level_of_a_rubric'),
        ),
        migrations.AddConstraint(
            model_name='rubriclevel',
            constraint=models.CheckConstraint(condition=models.Q(('level__gte', 1), ('level__lte', 4)), name='rubric_has_four_levels'),
        ),
        migrations.AddConstraint(
            model_name='rubriccriterion',
            constraint=models.CheckConstraint(condition=models.Q(('weight__gte', 1)), name='rubric_weight_counts'),
        ),
        migrations.AddConstraint(
            model_name='question',
            constraint=models.CheckConstraint(condition=models.Q(('tolerance__isnull', True), ('tolerance__gte', 0), _connector='OR'), name='question_tolerance_is_not_negative'),
        ),
        ]),
    ]
