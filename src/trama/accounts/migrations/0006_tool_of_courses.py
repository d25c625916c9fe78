from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_framework_groups'),
    ]

    operations = [
        migrations.AlterField(
            model_name='invitationgrant',
            name='tool',
            field=models.CharField(choices=[('team', 'My team'), ('calls', 'Calls and eligibility'), ('sources', 'Official files'), ('diagnosis', 'Self-diagnosis'), ('plan', 'Plan and technologies'), ('technologies', 'Catalogue of technologies'), ('courses', 'Courses and cohorts')], max_length=20, verbose_name='tool'),
        ),
        migrations.AlterField(
            model_name='toolgrant',
            name='tool',
            field=models.CharField(choices=[('team', 'My team'), ('calls', 'Calls and eligibility'), ('sources', 'Official files'), ('diagnosis', 'Self-diagnosis'), ('plan', 'Plan and technologies'), ('technologies', 'Catalogue of technologies'), ('courses', 'Courses and cohorts')], max_length=20, verbose_name='tool'),
        ),
    ]
