import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.text
import isme.lib.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0004_session_ended'),
        ('lib', '0003_limit_counter'),
    ]

    operations = [
        migrations.CreateModel(
            name='AcademicYear',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first_year', models.PositiveSmallIntegerField(error_messages={'unique': 'This year exists already.'}, unique=True, verbose_name='begins in')),
                ('is_active', models.BooleanField(default=False, verbose_name='active')),
                ('active_slot', models.GeneratedField(db_persist=True, expression=models.Case(models.When(models.Q(('is_active', True)), then=models.Value(1)), default=models.Value(None)), output_field=models.BigIntegerField(null=True), unique=True)),
            ],
            options={
                'verbose_name': 'academic year',
                'verbose_name_plural': 'academic years',
                'constraints': [models.CheckConstraint(condition=models.Q(('first_year__range', (1990, 2100))), name='academic_year_plausible', violation_error_message='An academic year begins between 1990 and 2100.')],
            },
        ),
        migrations.CreateModel(
            name='Term',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('odd', 'Odd'), ('even', 'Even'), ('short', 'Short')], max_length=5, verbose_name='kind')),
                ('starts_on', models.DateField(verbose_name='first day')),
                ('ends_on', models.DateField(verbose_name='last day')),
                ('is_active', models.BooleanField(default=False, verbose_name='active')),
                ('year', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='terms', to='academics.academicyear', verbose_name='academic year')),
                ('active_slot', models.GeneratedField(db_persist=True, expression=models.Case(models.When(models.Q(('is_active', True)), then=models.Value(1)), default=models.Value(None)), output_field=models.BigIntegerField(null=True), unique=True)),
            ],
            options={
                'verbose_name': 'term',
                'verbose_name_plural': 'terms',
                'indexes': [models.Index(fields=['starts_on', 'id'], name='term_in_order')],
                'constraints': [models.UniqueConstraint(fields=('year', 'kind'), name='term_once_per_year_and_kind'), models.CheckConstraint(condition=models.Q(('ends_on__gt', models.F('starts_on'))), name='term_ends_after_start', violation_error_message='The last day lies after the first.'), models.CheckConstraint(condition=models.Q(('kind__in', ['odd', 'even', 'short'])), name='term_known_kind')],
            },
        ),
        migrations.CreateModel(
            name='Course',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', isme.lib.fields.ExactCharField(error_messages={'unique': 'Another course has this code.'}, max_length=20, unique=True, verbose_name='code')),
                ('name', models.CharField(max_length=150, verbose_name='name')),
                ('kind', models.CharField(choices=[('block', 'Block'), ('csr', 'CSR'), ('regular', 'Regular')], max_length=7, verbose_name='kind')),
                ('level', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='study level')),
                ('block_no', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='block number')),
                ('curriculum_year', models.PositiveSmallIntegerField(verbose_name='curriculum year')),
                ('credits', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='credits')),
                ('curriculum_roles', models.JSONField(blank=True, default=list, verbose_name='curriculum roles')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                'verbose_name': 'course',
                'verbose_name_plural': 'courses',
                'indexes': [models.Index(fields=['level', 'code'], name='course_level_code')],
                'constraints': [models.CheckConstraint(condition=models.Q(('level', None), ('level__range', (1, 7)), _connector='OR'), name='course_level_1_7', violation_error_message='A study level lies between 1 and 7.'), models.CheckConstraint(condition=models.Q(models.Q(('block_no__isnull', False), ('block_no__range', (1, 9)), ('kind', 'block')), models.Q(models.Q(('kind', 'block'), _negated=True), ('block_no', None)), _connector='OR'), name='course_block_has_number', violation_error_message='A block, and only a block, has a block number.'), models.CheckConstraint(condition=models.Q(('level__isnull', False), models.Q(('kind', 'csr'), _negated=True), _connector='OR'), name='course_csr_has_level', violation_error_message='A CSR course belongs to a study level.'), models.CheckConstraint(condition=models.Q(('kind__in', ['block', 'csr', 'regular'])), name='course_known_kind'), models.CheckConstraint(condition=models.Q(('curriculum_year__range', (1990, 2100))), name='course_curriculum_year_plausible', violation_error_message='The curriculum year lies between 1990 and 2100.'), models.CheckConstraint(condition=models.Q(('credits', None), ('credits__range', (1, 40)), _connector='OR'), name='course_credits_1_40', violation_error_message='Credits lie between 1 and 40.')],
            },
        ),
        migrations.CreateModel(
            name='CourseOffering',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_on', models.DateField(verbose_name='first day')),
                ('ends_on', models.DateField(verbose_name='last day')),
                ('weeks', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='weeks')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('course', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='offerings', to='academics.course')),
                ('syllabus', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='lib.storedfile')),
                ('term', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='offerings', to='academics.term')),
            ],
            options={
                'verbose_name': 'course offering',
                'verbose_name_plural': 'course offerings',
                'indexes': [models.Index(fields=['term', 'course'], name='offering_of_term')],
                'constraints': [models.UniqueConstraint(fields=('course', 'term'), name='offering_once_per_term'), models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('starts_on'))), name='offering_ends_after_start', violation_error_message='The last day lies after the first.'), models.CheckConstraint(condition=models.Q(('weeks', None), ('weeks__range', (1, 60)), _connector='OR'), name='offering_weeks_1_60')],
            },
        ),
        migrations.CreateModel(
            name='Module',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('pbl', 'PBL'), ('journal', 'Journal reading'), ('csr_skill', 'CSR skill')], max_length=9, verbose_name='kind')),
                ('number', models.PositiveSmallIntegerField(verbose_name='number')),
                ('title', models.CharField(max_length=150, verbose_name='title')),
                ('offering', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='modules', to='academics.courseoffering')),
            ],
            options={
                'verbose_name': 'module',
                'verbose_name_plural': 'modules',
                'constraints': [models.UniqueConstraint(fields=('offering', 'kind', 'number'), name='module_number_once'), models.CheckConstraint(condition=models.Q(('number__range', (1, 99))), name='module_number_1_99'), models.CheckConstraint(condition=models.Q(('kind__in', ['pbl', 'journal', 'csr_skill'])), name='module_known_kind')],
            },
        ),
        migrations.CreateModel(
            name='Material',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=150, verbose_name='title')),
                ('added_at', models.DateTimeField(auto_now_add=True, verbose_name='added')),
                ('added_by', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('file', models.OneToOneField(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='lib.storedfile')),
                ('offering', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='materials', to='academics.courseoffering')),
            ],
            options={
                'verbose_name': 'material',
                'verbose_name_plural': 'materials',
                'constraints': [models.UniqueConstraint(fields=('offering', 'title'), name='material_title_once')],
            },
        ),
        migrations.CreateModel(
            name='Room',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', isme.lib.fields.ExactCharField(error_messages={'unique': 'Another room has this code.'}, max_length=20, unique=True, verbose_name='code')),
                ('name', models.CharField(max_length=100, verbose_name='name')),
                ('building', models.CharField(blank=True, max_length=100, verbose_name='building')),
                ('capacity', models.PositiveIntegerField(verbose_name='capacity')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='note')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                'verbose_name': 'room',
                'verbose_name_plural': 'rooms',
                'indexes': [models.Index(fields=['capacity', 'code'], name='room_capacity_code')],
                'constraints': [models.CheckConstraint(condition=models.Q(('capacity__range', (1, 10000))), name='room_capacity_1_10000', violation_error_message='A capacity lies between 1 and 10,000 persons.')],
            },
        ),
        migrations.CreateModel(
            name='PromotionRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('promoted', models.PositiveIntegerField(default=0, verbose_name='promoted')),
                ('graduated', models.PositiveIntegerField(default=0, verbose_name='graduated')),
                ('made_at', models.DateTimeField(auto_now_add=True, verbose_name='made')),
                ('reverted_at', models.DateTimeField(blank=True, null=True, verbose_name='reverted')),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('reverted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('from_term', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='promotions_from', to='academics.term')),
                ('to_term', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='promotions_into', to='academics.term')),
                ('live_from_slot', models.GeneratedField(db_persist=True, expression=models.Case(models.When(models.Q(('reverted_at', None)), then=models.F('from_term_id')), default=models.Value(None)), output_field=models.BigIntegerField(null=True), unique=True)),
                ('live_to_slot', models.GeneratedField(db_persist=True, expression=models.Case(models.When(models.Q(('reverted_at', None)), then=models.F('to_term_id')), default=models.Value(None)), output_field=models.BigIntegerField(null=True), unique=True)),
            ],
            options={
                'verbose_name': 'promotion',
                'verbose_name_plural': 'promotions',
                'constraints': [models.CheckConstraint(condition=models.Q(('from_term', models.F('to_term')), _negated=True), name='promotion_between_two_terms'), models.CheckConstraint(condition=models.Q(models.Q(('reverted_at', None), ('reverted_by', None)), models.Q(('reverted_at__isnull', False), ('reverted_by__isnull', False)), _connector='OR'), name='promotion_reverted_all_or_nothing')],
            },
        ),
        migrations.CreateModel(
            name='StudentGroup',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('large', 'Large group'), ('small', 'Small group')], max_length=5, verbose_name='kind')),
                ('level', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='study level')),
                ('number', models.PositiveSmallIntegerField(default=1, verbose_name='number')),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('made_by_run', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='groups', to='academics.promotionrun')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='small_groups', to='academics.studentgroup')),
                ('term', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='groups', to='academics.term')),
                ('level_key', models.GeneratedField(db_persist=True, expression=django.db.models.functions.comparison.Coalesce(models.F('level'), models.Value(0)), output_field=models.PositiveSmallIntegerField())),
                ('parent_key', models.GeneratedField(db_persist=True, expression=django.db.models.functions.comparison.Coalesce(models.F('parent_id'), models.Value(0)), output_field=models.BigIntegerField())),
            ],
            options={
                'verbose_name': 'student group',
                'verbose_name_plural': 'student groups',
                'constraints': [models.UniqueConstraint(fields=('term', 'kind', 'level_key', 'parent_key', 'number'), name='group_number_once', violation_error_message='Another group has this number.'), models.CheckConstraint(condition=models.Q(('level', None), ('level__range', (1, 7)), _connector='OR'), name='group_level_1_7'), models.CheckConstraint(condition=models.Q(('number__range', (1, 999))), name='group_number_1_999'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'large'), ('parent', None)), models.Q(('kind', 'small'), ('parent__isnull', False)), _connector='OR'), name='group_small_has_parent', violation_error_message='A small group, and only that, belongs to a large one.')],
            },
        ),
        migrations.CreateModel(
            name='GroupMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('large', 'Large group'), ('small', 'Small group')], max_length=5)),
                ('is_extra', models.BooleanField(default=False)),
                ('is_locked', models.BooleanField(default=False, verbose_name='stays in this group')),
                ('student', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='group_places', to='accounts.studentprofile')),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='members', to='academics.studentgroup')),
                ('term', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='academics.term')),
                ('ordinary_slot', models.GeneratedField(db_persist=True, expression=models.Case(models.When(models.Q(('is_extra', False)), then=models.F('student_id')), default=models.Value(None)), output_field=models.BigIntegerField(null=True))),
            ],
            options={
                'verbose_name': 'group member',
                'verbose_name_plural': 'group members',
                'indexes': [models.Index(fields=['student', 'term'], name='group_member_of_student')],
                'constraints': [models.UniqueConstraint(fields=('group', 'student'), name='group_member_once'), models.UniqueConstraint(fields=('ordinary_slot', 'term', 'kind'), name='group_member_one_group_per_term_and_kind')],
            },
        ),
        migrations.CreateModel(
            name='GroupingRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seed', models.PositiveBigIntegerField()),
                ('groups', models.PositiveSmallIntegerField()),
                ('before', models.JSONField(default=dict)),
                ('after', models.JSONField(default=dict)),
                ('made_at', models.DateTimeField(auto_now_add=True)),
                ('undone_at', models.DateTimeField(blank=True, null=True)),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('undone_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('large_group', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='grouping_runs', to='academics.studentgroup')),
            ],
            options={
                'verbose_name': 'dealing of groups',
                'verbose_name_plural': 'dealings of groups',
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('undone_at', None), ('undone_by', None)), models.Q(('undone_at__isnull', False), ('undone_by__isnull', False)), _connector='OR'), name='grouping_run_undone_all_or_nothing'), models.CheckConstraint(condition=models.Q(('groups__gte', 1)), name='grouping_run_has_groups')],
            },
        ),
        migrations.CreateModel(
            name='Class',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('capacity', models.PositiveIntegerField(verbose_name='capacity')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('offering', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='classes', to='academics.courseoffering')),
                ('group', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='classes', to='academics.studentgroup', verbose_name='follows the large group')),
            ],
            options={
                'verbose_name': 'class',
                'verbose_name_plural': 'classes',
                'constraints': [models.UniqueConstraint(fields=('offering', 'name'), name='class_name_once', violation_error_message='Another class of this course has this name.'), models.CheckConstraint(condition=models.Q(('capacity__range', (1, 10000))), name='class_capacity_1_10000', violation_error_message='A capacity lies between 1 and 10,000 persons.')],
            },
        ),
        migrations.CreateModel(
            name='ClassMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('course_class', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='members', to='academics.class')),
                ('student', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='class_places', to='accounts.studentprofile')),
                ('offering', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='academics.courseoffering')),
            ],
            options={
                'verbose_name': 'class member',
                'verbose_name_plural': 'class members',
                'constraints': [models.UniqueConstraint(fields=('course_class', 'student'), name='class_member_once'), models.UniqueConstraint(fields=('student', 'offering'), name='class_member_one_class_per_course')],
            },
        ),
        migrations.CreateModel(
            name='Expertise',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100, verbose_name='name')),
                ('name_key', models.GeneratedField(db_persist=True, error_messages={'unique': 'This expertise exists already.'}, expression=django.db.models.functions.text.Lower(models.F('name')), max_length=100, output_field=models.CharField(max_length=100), unique=True)),
            ],
            options={
                'verbose_name': 'expertise',
                'verbose_name_plural': 'expertises',
                'constraints': [models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='expertise_named')],
            },
        ),
        migrations.CreateModel(
            name='CourseExpertise',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('course', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='expertise_rows', to='academics.course')),
                ('expertise', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='course_rows', to='academics.expertise')),
            ],
            options={
                'verbose_name': 'expertise of a course',
                'verbose_name_plural': 'expertises of courses',
                'constraints': [models.UniqueConstraint(fields=('course', 'expertise'), name='course_expertise_once')],
            },
        ),
        migrations.CreateModel(
            name='LecturerExpertise',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('expertise', 'Expertise'), ('competence', 'Competence')], default='expertise', max_length=10, verbose_name='kind')),
                ('expertise', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lecturer_rows', to='academics.expertise')),
                ('lecturer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='expertise_rows', to='accounts.lecturerprofile')),
            ],
            options={
                'verbose_name': 'expertise of a lecturer',
                'verbose_name_plural': 'expertises of lecturers',
                'constraints': [models.UniqueConstraint(fields=('lecturer', 'expertise', 'kind'), name='lecturer_expertise_once'), models.CheckConstraint(condition=models.Q(('kind__in', ['expertise', 'competence'])), name='lecturer_expertise_known_kind')],
            },
        ),
        migrations.CreateModel(
            name='TeachingRole',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('coordinator', 'Coordinator'), ('team', 'Block team'), ('teacher', 'Teaching lecturer')], max_length=11, verbose_name='role')),
                ('label', models.CharField(blank=True, max_length=100, verbose_name='role in the curriculum')),
                ('lecturer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='teaching_roles', to='accounts.lecturerprofile')),
                ('offering', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='teaching_roles', to='academics.courseoffering')),
                ('coordinator_slot', models.GeneratedField(db_persist=True, expression=models.Case(models.When(models.Q(('kind', 'coordinator')), then=models.F('offering_id')), default=models.Value(None)), output_field=models.BigIntegerField(null=True), unique=True)),
            ],
            options={
                'verbose_name': 'teaching role',
                'verbose_name_plural': 'teaching roles',
                'constraints': [models.UniqueConstraint(fields=('offering', 'lecturer', 'kind'), name='teaching_role_once'), models.CheckConstraint(condition=models.Q(('kind__in', ['coordinator', 'team', 'teacher'])), name='teaching_role_known_kind')],
            },
        ),
        migrations.CreateModel(
            name='StudentEntry',
            fields=[
                ('student', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='entry', serialize=False, to='accounts.studentprofile')),
                ('term', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='academics.term')),
            ],
            options={
                'verbose_name': 'entry of a student',
                'verbose_name_plural': 'entries of students',
            },
        ),
        migrations.CreateModel(
            name='VeteranRecord',
            fields=[
                ('student', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='veteran', serialize=False, to='accounts.studentprofile')),
                ('status', models.CharField(choices=[('none', 'Not a veteran'), ('pending', 'Veteran from the next term on'), ('active', 'Veteran'), ('completed', 'Finished as a veteran')], max_length=9, verbose_name='status')),
                ('is_multi', models.BooleanField(default=False, verbose_name='in several levels at once')),
                ('note', models.CharField(blank=True, max_length=1000, verbose_name='note')),
                ('level_at_graduation', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('terms', models.PositiveSmallIntegerField(default=0, verbose_name='terms as a veteran')),
                ('set_at', models.DateTimeField(verbose_name='veteran since')),
                ('completed_at', models.DateTimeField(blank=True, null=True, verbose_name='completed')),
                ('set_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'veteran',
                'verbose_name_plural': 'veterans',
                'constraints': [models.CheckConstraint(condition=models.Q(('status__in', ['none', 'pending', 'active', 'completed'])), name='veteran_known_status'), models.CheckConstraint(condition=models.Q(models.Q(('completed_at__isnull', False), ('status', 'completed')), models.Q(models.Q(('status', 'completed'), _negated=True), ('completed_at', None)), _connector='OR'), name='veteran_completed_has_time'), models.CheckConstraint(condition=models.Q(('completed_at', None), ('completed_at__gte', models.F('set_at')), _connector='OR'), name='veteran_completed_after_set')],
            },
        ),
        migrations.CreateModel(
            name='VeteranLevel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.PositiveSmallIntegerField(verbose_name='study level')),
                ('added_at', models.DateTimeField(auto_now_add=True)),
                ('student', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='levels', to='academics.veteranrecord')),
            ],
            options={
                'verbose_name': 'level of a veteran',
                'verbose_name_plural': 'levels of veterans',
                'constraints': [models.UniqueConstraint(fields=('student', 'level'), name='veteran_level_once'), models.CheckConstraint(condition=models.Q(('level__range', (1, 7))), name='veteran_level_1_7')],
            },
        ),
        migrations.CreateModel(
            name='VeteranEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('verb', models.CharField(max_length=20, verbose_name='event')),
                ('from_status', models.CharField(choices=[('none', 'Not a veteran'), ('pending', 'Veteran from the next term on'), ('active', 'Veteran'), ('completed', 'Finished as a veteran')], max_length=9, verbose_name='before')),
                ('to_status', models.CharField(choices=[('none', 'Not a veteran'), ('pending', 'Veteran from the next term on'), ('active', 'Veteran'), ('completed', 'Finished as a veteran')], max_length=9, verbose_name='after')),
                ('level', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='study level')),
                ('at', models.DateTimeField(auto_now_add=True, verbose_name='time')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('student', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='veteran_events', to='accounts.studentprofile')),
            ],
            options={
                'verbose_name': 'event of a veteran',
                'verbose_name_plural': 'events of veterans',
                'indexes': [models.Index(fields=['student', '-at', '-id'], name='veteran_event_history')],
            },
        ),
        migrations.CreateModel(
            name='PromotionEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('from_level', models.PositiveSmallIntegerField()),
                ('to_level', models.PositiveSmallIntegerField()),
                ('from_status', models.CharField(choices=[('active', 'Active'), ('inactive', 'Inactive'), ('graduated', 'Graduated'), ('dropped_out', 'Dropped out'), ('left', 'Left')], max_length=12)),
                ('to_status', models.CharField(choices=[('active', 'Active'), ('inactive', 'Inactive'), ('graduated', 'Graduated'), ('dropped_out', 'Dropped out'), ('left', 'Left')], max_length=12)),
                ('from_veteran', models.CharField(choices=[('none', 'Not a veteran'), ('pending', 'Veteran from the next term on'), ('active', 'Veteran'), ('completed', 'Finished as a veteran')], max_length=9)),
                ('to_veteran', models.CharField(choices=[('none', 'Not a veteran'), ('pending', 'Veteran from the next term on'), ('active', 'Veteran'), ('completed', 'Finished as a veteran')], max_length=9)),
                ('student', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='promotions', to='accounts.studentprofile')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='academics.promotionrun')),
            ],
            options={
                'verbose_name': 'promoted student',
                'verbose_name_plural': 'promoted students',
                'constraints': [models.UniqueConstraint(fields=('run', 'student'), name='promotion_entry_once')],
            },
        ),
    ]
