"""Videos and files that lessons show."""

import django.db.models.deletion
import trama.learn.courses.models.media
import uuid
from django.conf import settings
from django.db import migrations, models

from trama.foundation.tables import CreateTables


class Migration(migrations.Migration):

    dependencies = [
        ('learn', '0041_what_was_said_together_stays'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateTables([
        migrations.CreateModel(
            name='SentFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('kind', models.CharField(choices=[('video', 'video'), ('captions', 'captions'), ('picture', 'picture'), ('document', 'document')], max_length=10, verbose_name='kind')),
                ('file', models.FileField(upload_to=trama.learn.courses.models.media._place, verbose_name='file')),
                ('file_name', models.CharField(max_length=200)),
                ('media_type', models.CharField(max_length=100)),
                ('sha256', models.CharField(db_index=True, max_length=64)),
                ('size', models.PositiveIntegerField(verbose_name='bytes')),
                ('seconds', models.PositiveIntegerField(blank=True, null=True, verbose_name='seconds')),
                ('uploaded_at', models.DateTimeField(verbose_name='sent at')),
                ('uploaded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='LessonFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('slug', models.SlugField(max_length=80)),
                ('title_pt', models.CharField(max_length=160, verbose_name='title (Portuguese)')),
                ('title_en', models.CharField(max_length=160, verbose_name='title (English)')),
                ('revision', models.PositiveIntegerField(default=1)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='files', to='learn.courseversion')),
                ('file_en', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='learn.sentfile', verbose_name='file (English)')),
                ('file_pt', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='learn.sentfile', verbose_name='file (Portuguese)')),
            ],
            options={
                'ordering': ['position'],
            },
        ),
        migrations.CreateModel(
            name='Video',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('slug', models.SlugField(max_length=80)),
                ('title_pt', models.CharField(max_length=160, verbose_name='title (Portuguese)')),
                ('title_en', models.CharField(max_length=160, verbose_name='title (English)')),
                ('address', models.URLField(blank=True, max_length=500, verbose_name='address elsewhere')),
                ('seconds', models.PositiveIntegerField(blank=True, null=True, verbose_name='duration in seconds')),
                ('captions_there', models.BooleanField(default=False, verbose_name='the video elsewhere has captions')),
                ('transcript_pt', models.TextField(max_length=20000, verbose_name='what is said and seen (Portuguese)')),
                ('transcript_en', models.TextField(max_length=20000, verbose_name='what is said and seen (English)')),
                ('revision', models.PositiveIntegerField(default=1)),
                ('captions_en', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='learn.sentfile', verbose_name='captions (English)')),
                ('captions_pt', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='learn.sentfile', verbose_name='captions (Portuguese)')),
                ('file', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='learn.sentfile', verbose_name='video file')),
                ('light', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='learn.sentfile', verbose_name='light version')),
                ('poster', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='learn.sentfile', verbose_name='picture before it plays')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='videos', to='learn.courseversion')),
            ],
            options={
                'ordering': ['position'],
            },
        ),
        migrations.AddConstraint(
            model_name='sentfile',
            constraint=models.CheckConstraint(condition=models.Q(('size__gte', 1)), name='a_sent_file_holds_something'),
        ),
        migrations.AddConstraint(
            model_name='lessonfile',
            constraint=models.UniqueConstraint(fields=('version', 'slug'), name='one_file_per_slug_of_a_course'),
        ),
        migrations.AddConstraint(
            model_name='video',
            constraint=models.UniqueConstraint(fields=('version', 'slug'), name='one_video_per_slug_of_a_course'),
        ),
        ]),
    ]
