"""Where each address of the matrix leads.

New routes with arguments need one line in ``TARGETS``; routes that answer something else than a page need one in
``OTHER_ANSWERS``. Everything else is found by walking the resolver.
"""

import uuid
from collections.abc import Callable
from typing import Any
from uuid import UUID

from trama.portal.pages.addresses import SECTIONS

from .things import (
    a_call,
    a_cohort,
    a_course,
    a_job,
    a_launch,
    a_media,
    a_package,
    a_passkey,
    a_path,
    a_plan,
    a_program_with_access,
    a_release,
    a_technology,
    an_adoption,
    an_education_plan,
    an_indicator,
    an_instrument_draft,
    an_own_question,
    draft_call,
    in_a_forum,
    learned,
    lti,
    public_call,
    reminders_of,
)
from .world import CODE, World

# view name -> (arguments, the thing it opens; None: not a thing of somebody)
Target = Callable[[World], tuple[dict[str, Any], Any]]
TARGETS: dict[str, Target] = {
    "site:page": lambda w: ({"path": "nada/"}, None),
    "portal_picture": lambda w: ({"pk": 1, "name": "nada.webp"}, None),
    "wagtaildocs_serve": lambda w: ({"document_id": 1, "document_filename": "nada.pdf"}, None),
    "know:place": lambda w: ({"code": w.a.place_id}, None),
    "know:network": lambda w: ({"network_id": w.a.pk}, None),
    "foundation:job": lambda w: (a_job(w), None),
    "foundation:letter_again": lambda w: ({"pk": UUID(int=1)}, None),
    "know:compare_export": lambda w: ({"kind": "csv"}, None),
    "know:group": lambda w: ({"slug": w.group.slug}, None),
    "know:group_export": lambda w: ({"slug": w.group.slug, "kind": "csv"}, None),
    "know:indicator": lambda w: (an_indicator(w), None),
    "know:indicator_export": lambda w: ({**an_indicator(w), "kind": "csv"}, None),
    "know:release": lambda w: (a_release(w), None),
    "know:import_report": lambda w: (a_release(w), None),
    "know:report_csv": lambda w: (a_release(w), None),
    "know:withdraw": lambda w: (a_release(w), None),
    "know:trial": lambda w: ({"token": "no-such-trial"}, None),
    "programme:call": lambda w: (public_call(w), None),
    "programme:call_network": lambda w: ({**public_call(w), "network_id": w.a.pk}, None),
    **{
        f"programme:{name}": lambda w: (draft_call(w), None)
        for name in ("team_call", "edit_call", "publish_call", "close_call", "new_category")
    },
    **{
        f"programme:{name}": lambda w: (draft_call(w, category_slug="municipal"), None)
        for name in (
            "edit_category",
            "remove_category",
            "rule",
            "start_version",
            "condition",
            "discard_version",
            "preview",
            "compare_versions",
        )
    },
    "programme:publish_version": lambda w: (
        {**a_call("em-vigor", "published", draft_rule=True), "category_slug": "municipal"},
        None,
    ),
    "programme:preview_network": lambda w: (draft_call(w, category_slug="municipal", network_id=w.a.pk), None),
    "programme:export_preview": lambda w: (draft_call(w, category_slug="municipal", extension="csv"), None),
    "accounts:resend": lambda w: ({"pk": w.invitation.pk}, w.a),
    "accounts:withdraw": lambda w: ({"pk": w.invitation.pk}, w.a),
    "accounts:grants": lambda w: ({"pk": w.member.pk}, w.a),
    "accounts:end_profile": lambda w: ({"pk": w.member.pk}, w.a),
    "accounts:transfer": lambda w: ({"pk": w.member.pk}, w.a),
    "accounts:invitation": lambda w: ({"code": CODE}, None),
    "accounts:accept": lambda w: ({"code": CODE}, None),
    "accounts:programme_invite": lambda w: ({"role": "network_principal", "code": str(w.b.pk)}, None),
    "accounts:decide": lambda w: ({"pk": w.renewal.pk}, None),
    "accounts:document": lambda w: ({"pk": w.renewal.pk}, None),
    **{
        f"diagnose:{name}": lambda w: ({"uid": w.round.uid, "pk": w.round.members.get().pk}, None)
        for name in ("round_member", "round_remove")
    },
    **{
        f"diagnose:{name}": lambda w: ({"uid": w.round.uid, "pk": w.round.invitations.get().pk}, None)
        for name in ("round_resend", "round_withdraw")
    },
    **{
        f"diagnose:{name}": lambda w: ({"uid": w.round.uid}, None)
        for name in ("profile", "profile_pdf", "profile_xlsx", "round_share", "round_distributions")
    },
    **{
        f"diagnose:{name}": lambda w: ({"uid": w.round.uid}, None)
        for name in (
            "answer",
            "answer_worker",
            "answer_session",
            "save_answer",
            "save_answers",
            "check_answers",
            "agree",
        )
    },
    "diagnose:answer_area": lambda w: ({"uid": w.round.uid, "code": "1.1"}, None),
    **{
        f"diagnose:{name}": lambda w: ({"uid": w.round.uid, "position": 1}, None)
        for name in ("agree_item", "new_evidence")
    },
    **{
        f"diagnose:{name}": lambda w: ({"uid": w.round.uid, "pk": 1}, None)
        for name in ("end_evidence", "evidence_file")
    },
    **{
        f"diagnose:{name}": lambda w: ({"uid": w.round.uid}, None)
        for name in (
            "priorities",
            "priority_factors",
            "priority_weights",
            "priority_factors_xlsx",
            "priority_scores",
            "priority_score",
            "priority_look",
            "priority_decide",
            "priority_sign",
            "priority_reopen",
            "priority_explain",
            "priority_explain_pdf",
        )
    },
    "diagnose:priority_criterion": lambda w: ({"uid": w.round.uid, "position": 1}, None),
    **{
        f"diagnose:{name}": lambda w: ({"uid": w.round.uid, "number": "PR-2026-AAAA-AAAA-A"}, None)
        for name in ("priority_signed", "priority_signed_content")
    },
    "diagnose:share_take_back": lambda w: ({"uid": w.round.uid, "share_uid": uuid.uuid4()}, None),
    "diagnose:shared": lambda w: ({"uid": uuid.uuid4()}, None),
    **{
        f"diagnose:{name}": lambda w: ({"field": "group", "pk": w.group.pk, "slug": "matriz"}, None)
        for name in ("territory", "territory_pdf", "territory_xlsx")
    },
    "diagnose:round_invitation": lambda w: ({"code": CODE}, None),
    "diagnose:round_accept": lambda w: ({"code": CODE}, None),
    "diagnose:blank_form": lambda w: ({"slug": "matriz"}, None),
    "diagnose:blank_form_pdf": lambda w: ({"slug": "matriz"}, None),
    **{
        f"diagnose:{name}": lambda w: ({"slug": "matriz"}, None)
        for name in ("instrument", "instrument_text", "compare_instruments")
    },
    "diagnose:criterion": lambda w: ({"slug": "matriz", "key": "c1"}, None),
    "diagnose:instrument_xlsform": lambda w: ({"slug": "matriz", "label": "1.0", "kind": "completo"}, None),
    **{
        f"diagnose:{name}": lambda w: (an_instrument_draft(w), None)
        for name in ("instrument_draft", "publish_instrument", "discard_instrument")
    },
    "diagnose:draft_xlsform": lambda w: (an_instrument_draft(w, kind="completo"), None),
    "diagnose:import_preview": lambda w: ({"token": "no-such-form"}, None),
    **{
        f"diagnose:{name}": lambda w: (an_own_question(w), w.a) for name in ("edit_own_question", "retire_own_question")
    },
    "plan:technology": lambda w: (a_technology(w), None),
    "plan:technology_files": lambda w: (a_technology(w), None),
    "plan:technology_stage": lambda w: (a_technology(w, stage="etapa-1"), None),
    "plan:technology_document": lambda w: (a_technology(w, instrument="pauta"), None),
    "plan:technology_file": lambda w: (a_technology(w, instrument="pauta", extension="docx"), None),
    "plan:team_technology": lambda w: ({"slug": a_technology(w, "draft")["slug"]}, w.partner),
    **{
        f"plan:{name}": lambda w: (a_technology(w, "draft"), w.partner)
        for name in (
            "team_version",
            "edit_technology_version",
            "comment_technology",
            "technology_history",
            "compare_technology",
            "read_technology",
        )
    },
    "plan:add_technology_part": lambda w: (a_technology(w, "draft") | {"kind": "role"}, w.partner),
    **{
        f"plan:{name}": lambda w: (a_technology(w, "role") | {"kind": "role"}, w.partner)
        for name in ("edit_technology_part", "move_technology_part", "remove_technology_part")
    },
    "plan:resolve_technology_comment": lambda w: (a_technology(w, "comment"), w.partner),
    "plan:change_technology_state": lambda w: (a_technology(w, "draft", action="descartar"), w.partner),
    "plan:read_stage": lambda w: (a_technology(w, "draft", stage="etapa-1"), w.partner),
    "plan:read_document": lambda w: (a_technology(w, "draft", instrument="pauta"), w.partner),
    "plan:read_file": lambda w: (a_technology(w, "draft", instrument="pauta", extension="docx"), w.partner),
    **{
        f"plan:{name}": lambda w: (a_plan(w), w.a)
        for name in (
            "plan",
            "edit_plan",
            "remove_plan",
            "duplicate_plan",
            "plan_history",
            "print_plan",
            "start_objectives",
            "start_goals",
            "start_actions",
            "import_actions",
            "confirm_import",
            "restore_plan",
            "followup",
            "comments",
            "meetings",
            "new_meeting",
            "reviews",
            "calendar",
            "calendar_file",
        )
    },
    "plan:plan_state": lambda w: (a_plan(w, state="active"), w.a),
    "plan:export_plan": lambda w: (a_plan(w, kind="xlsx"), w.a),
    "plan:import_template": lambda w: (a_plan(w, kind="csv"), w.a),
    "plan:new_part": lambda w: (a_plan(w, kind="objective"), w.a),
    **{
        f"plan:{name}": lambda w: (a_plan(w, "objective", kind="objective"), w.a)
        for name in ("edit_part", "remove_part", "restore_part", "move_part")
    },
    "plan:action": lambda w: (a_plan(w, "action"), w.a),
    **{f"plan:{name}": lambda w: (a_plan(w, "meeting"), w.a) for name in ("meeting", "edit_meeting", "add_point")},
    **{f"plan:{name}": lambda w: (a_plan(w, "point"), w.a) for name in ("note_point", "remove_point")},
    "plan:remove_comment": lambda w: (a_plan(w, "comment"), w.a),
    "plan:review": lambda w: (a_plan(w, "review"), w.a),
    "plan:feed": lambda w: ({"secret": "of-nobody"}, None),
    "plan:quick_action": lambda w: (a_plan(w, "objective"), w.a),
    "plan:measure_goal": lambda w: (a_plan(w, "goal"), w.a),
    "plan:remove_measure": lambda w: (a_plan(w, "goal", "measure"), w.a),
    "plan:revert_change": lambda w: (a_plan(w, "change"), w.a),
    "plan:edit_education_plan": lambda w: (an_education_plan(w), w.a),
    "plan:remove_education_goal": lambda w: (an_education_plan(w, goal=True), w.a),
    **{
        f"plan:adoption{name}": lambda w: (an_adoption(w, "uid"), w.a)
        for name in (
            "",
            "_history",
            "_note",
            "_calendar",
            "_texts",
            "_people",
            "_indicators",
            "_version",
            "_listed",
            "_remove",
            "_restore",
            "_help",
        )
    },
    **{
        f"plan:adoption_{name}": lambda w: (an_adoption(w, "uid", "step"), w.a)
        for name in (
            "step",
            "step_done",
            "step_leave",
            "step_again",
            "step_responsible",
            "evidence_new",
            "step_note",
        )
    },
    **{
        f"plan:adoption_help_{name}": lambda w: (an_adoption(w, "uid", "request_uid"), w.a)
        for name in ("request", "write", "close")
    },
    "plan:adoption_evidence_end": lambda w: (an_adoption(w, "uid", "evidence"), w.a),
    "plan:adoption_evidence_file": lambda w: ({"uid": an_adoption(w, "evidence")["evidence"]}, w.a),
    "plan:adoption_note_end": lambda w: (an_adoption(w, "uid", "note"), w.a),
    "plan:adoption_person_end": lambda w: (an_adoption(w, "uid", "pk"), w.a),
    "plan:adoption_value_end": lambda w: (an_adoption(w, "uid", "measure"), w.a),
    "plan:adoption_move": lambda w: (an_adoption(w, "uid", "verb"), w.a),
    **{
        f"plan:{name}": lambda w: ({"uid": an_adoption(w, "request_uid")["request_uid"]}, w.programme)
        for name in ("help_asked_request", "help_answer", "help_close_asked")
    },
    **{
        f"plan:adoption_{name}": lambda w: (an_adoption(w) | {"slug": "tecnologia-da-matriz"}, w.partner)
        for name in ("funnel", "funnel_file")
    },
    **{
        f"learn:{name}": lambda w: (a_course(w), None)
        for name in ("course", "course_glossary", "course_library", "study")
    },
    "learn:course_library_files": lambda w: (a_course(w), None),
    "learn:course_part": lambda w: (a_course(w, segment="aulas", part="aula-1"), None),
    "learn:study_part": lambda w: (a_course(w, segment="aulas", part="aula-1"), None),
    "learn:course_paper": lambda w: (a_course(w, item="folha"), None),
    "learn:course_paper_file": lambda w: (a_course(w, item="folha", extension="odt"), None),
    "learn:course_module_file": lambda w: (a_course(w, module="modulo-1"), None),
    "learn:path": lambda w: (a_path(w), None),
    "learn:team_course": lambda w: ({"slug": a_course(w, "draft")["slug"]}, w.partner),
    **{
        f"learn:{name}": lambda w: (a_course(w, "draft"), w.partner)
        for name in (
            "team_version",
            "edit_course_version",
            "course_history",
            "compare_course",
            "read_course",
            "read_course_glossary",
            "read_course_library",
        )
    },
    "learn:add_course_part": lambda w: (a_course(w, "draft") | {"kind": "module"}, w.partner),
    **{
        f"learn:{name}": lambda w: (a_course(w, "module") | {"kind": "module"}, w.partner)
        for name in ("edit_course_part", "move_course_part", "remove_course_part")
    },
    "learn:change_course_state": lambda w: (a_course(w, "draft", action="descartar"), w.partner),
    "learn:read_course_part": lambda w: (a_course(w, "draft", segment="aulas", part="aula-1"), w.partner),
    "learn:read_course_paper": lambda w: (a_course(w, "draft", item="folha"), w.partner),
    "learn:read_course_paper_file": lambda w: (a_course(w, "draft", item="folha", extension="odt"), w.partner),
    **{
        f"learn:{name}": lambda w: (a_cohort(w), None)
        for name in (
            "cohort",
            "enrol_pair",
            "enrol_people",
            "desk",
            "edit_cohort",
            "import_people",
            "confirm_people",
            "report_people",
            "invite_to_cohort",
            "cohort_trainers",
            "cohort_meetings",
            "new_cohort_meeting",
            "cohort_cascade",
            "late_people",
            "write_to_people",
            "forum",
            "new_forum_topic",
            "forum_letters",
        )
    },
    **{f"learn:{name}": lambda w: (in_a_forum(w, "topic"), None) for name in ("forum_topic", "forum_topic_state")},
    **{
        f"learn:{name}": lambda w: (in_a_forum(w, "post"), None)
        for name in ("change_forum_post", "hide_forum_post", "mark_forum_answer")
    },
    **{f"learn:{name}": lambda w: (a_cohort(w, extension="csv"), None) for name in ("forum_export", "export_late")},
    "learn:device_save": lambda w: (a_cohort(w, "enrolment"), None),
    "learn:device_worker": lambda w: (a_course(w), None),
    "learn:mute_reminders": lambda w: (reminders_of(w), None),
    "learn:peer_work": lambda w: ({"uid": uuid.uuid4()}, None),
    "learn:set_feedback_aside": lambda w: (
        learned(w, "work", uid="cohort", work="own") | {"feedback": uuid.uuid4()},
        None,
    ),
    "learn:extra_attempt": lambda w: (
        a_cohort(w) | {"enrolment": a_cohort(w, "enrolment")["uid"], "quiz": 1},
        None,
    ),
    "learn:move_cohort": lambda w: (a_cohort(w, state="ended"), None),
    "learn:export_people": lambda w: (a_cohort(w, extension="csv"), None),
    "learn:cohort_invitation": lambda w: ({"code": CODE}, None),
    **{f"learn:{name}": lambda w: (a_cohort(w, "enrolment"), None) for name in ("my_cohort", "leave_cohort")},
    "learn:pair": lambda w: (a_cohort(w, "pair"), None),
    **{
        f"learn:{name}": lambda w: (a_cohort(w, "meeting"), None)
        for name in (
            "cohort_meeting",
            "edit_cohort_meeting",
            "attendance_list",
            "attendance_code",
            "arrive",
            "meeting_file",
            "import_presence",
            "confirm_presence",
        )
    },
    "learn:meetings_feed": lambda w: ({"secret": "of-nobody"}, None),
    "cmi5_fetch": lambda w: ({"secret": "of-nobody"}, None),
    "learn:revoke_statement_program": lambda w: (a_program_with_access(w), None),
    "learn:open_tool": lambda w: (a_course(w, part="ferramenta-1"), None),
    "learn:teach_in_tool": lambda w: ({"uid": a_cohort(w)["uid"], "part": "ferramenta-1"}, None),
    "learn:choose_in_tool": lambda w: (a_course(w, "draft", pk=1), w.partner),
    "learn:lti_tool": lambda w: (lti(w, "tool"), None),
    "learn:lti_platform": lambda w: (lti(w, "platform"), None),
    "learn:lti_people": lambda w: (lti(w, "people"), None),
    "learn:badge_file": lambda w: (learned(w, "certificate") | {"extension": "svg"}, None),
    "exchange:achievement": lambda w: (a_course(w, label="1.0"), None),
    "exchange:badge_status": lambda w: ({"number": 0}, None),
    **{
        f"exchange:{name}": lambda w: ({"cohort": uuid.uuid4(), "uid": uuid.uuid4()}, None)
        for name in ("lti_line_item", "lti_scores", "lti_results")
    },
    **{f"exchange:{name}": lambda w: ({"cohort": uuid.uuid4()}, None) for name in ("lti_line_items", "lti_members")},
    "learn:my_progress": lambda w: (a_course(w), None),
    "learn:visit": lambda w: (a_course(w, part="aula-1"), None),
    "learn:reflect": lambda w: (a_course(w, part="aula-1", name="first-look"), None),
    "learn:begin_attempt": lambda w: (a_course(w, part="teste-1"), None),
    **{f"learn:{name}": lambda w: (learned(w, "attempt"), None) for name in ("attempt", "finish_attempt")},
    "learn:answer_question": lambda w: (learned(w, "attempt") | {"pk": 1}, None),
    **{f"learn:{name}": lambda w: (a_course(w, part="tarefa-1"), None) for name in ("work", "add_work_file")},
    "learn:remove_work_file": lambda w: (a_course(w, part="tarefa-1", uid=uuid.uuid4()), None),
    "learn:work_file": lambda w: ({"uid": uuid.uuid4()}, None),
    "learn:answer_work": lambda w: (learned(w, "work", uid="cohort", work="own"), None),
    **{
        f"learn:{name}": lambda w: (a_cohort(w), None)
        for name in ("cohort_progress", "work_queue", "cohort_certificates")
    },
    "learn:learner_progress": lambda w: (
        a_cohort(w) | {"enrolment": a_cohort(w, "enrolment")["uid"]},
        None,
    ),
    "learn:verified": lambda w: ((learned(w, "certificate"), {"code": "7K3M-9QPD-04TX-WB2R"})[1], None),
    "learn:certificate_file": lambda w: (learned(w, "certificate"), None),
    "learn:issue_certificates": lambda w: (a_cohort(w, kind="conclusao"), None),
    "learn:certificate": lambda w: (learned(w, "certificate", uid="cohort", one="own"), None),
    "learn:launch_package": lambda w: (a_course(w, part="nenhum"), None),
    **{
        f"learn:{name}": lambda w: (a_launch(w), None)
        for name in ("package_launch", "package_commit", "open_unit", "units_standing")
    },
    **{f"learn:{name}": lambda w: (a_package(w), w.partner) for name in ("package_file", "try_package", "try_unit")},
    "learn:media_files": lambda w: (a_media(w, "files"), w.partner),
    "learn:draft_media": lambda w: (a_media(w, "draft"), w.partner),
    "learn:course_media": lambda w: (a_media(w), None),
    "learn:cartridge": lambda w: (a_package(w, "module"), w.partner),
    "learn:cartridge_found": lambda w: (a_package(w, "found"), w.partner),
    "learn:team_path": lambda w: (a_path(w, "draft"), w.partner),
    "learn:change_path_state": lambda w: (a_path(w, "draft", action="publicar"), w.partner),
    "account_confirm_email": lambda w: ({"key": "no-such-key"}, None),
    "account_reset_password_from_key": lambda w: ({"uidb36": "1", "key": "no-such-key"}, None),
    "mfa_remove_webauthn": lambda w: (a_passkey(w), None),
    "mfa_edit_webauthn": lambda w: (a_passkey(w), None),
    "openid_connect_login": lambda w: ({"provider_id": "govbr"}, None),
    "openid_connect_callback": lambda w: ({"provider_id": "govbr"}, None),
}

# What an admitted person gets where it is not simply a page (200) or "only by POST" (405)
OTHER_ANSWERS: dict[str, set[int]] = {
    # No pages, pictures or documents here: tests/portal opens them.
    **{f"portal:{name}": {404} for name in SECTIONS},
    "site:page": {404},
    "portal_picture": {404},
    "wagtaildocs_serve": {404},
    "set_language": {302},  # always sends on to the page in the other language
    "icon": {302},
    "socialaccount_login_error": {401},
    "account_login": {200, 302},  # signed in: goes on
    "account_logout": {200, 302},  # signed out already
    "account_signup": {200, 302},
    "account_confirm_email": {200, 404},
    "account_reauthenticate": {200, 302},
    "account_email_verification_sent": {200},
    "account_set_password": {302},  # who has a password changes it instead
    "account_change_password": {200, 302},
    "mfa_authenticate": {200, 302},  # only in the middle of a login
    "mfa_login_webauthn": {200, 302},
    "mfa_activate_totp": {200, 302},  # who has one already deactivates it; else: prove again who you are
    "mfa_deactivate_totp": {200, 302, 404},
    "mfa_view_recovery_codes": {200, 302, 404},
    "mfa_generate_recovery_codes": {200, 302, 403, 404},
    "mfa_download_recovery_codes": {200, 302, 404},
    "mfa_reauthenticate": {200, 302},
    "mfa_reauthenticate_webauthn": {200, 302, 404, 405},
    "mfa_list_webauthn": {200, 302},
    "mfa_add_webauthn": {200, 302},
    "mfa_remove_webauthn": {404, 302},
    "mfa_edit_webauthn": {404, 302},
    "socialaccount_signup": {302},  # only in the middle of a login by gov.br
    "openid_connect_callback": {404},  # gov.br is not configured here
    "openid_connect_login": {404, 405},
    "accounts:choose_profile": {200, 302},
    "learn:study": {302},  # in no cohort: tests/learn/courses/test_pages.py
    "learn:study_part": {302},
    # Of one's own course, and of nobody here: tests/learn/{progress,assignments} open each as its learner.
    **{f"learn:{name}": {404} for name in ("my_progress", "work", "work_file", "attempt", "peer_work")},
    **{
        f"learn:{name}": {200, 404}
        for name in (
            "cohort_progress",
            "learner_progress",
            "work_queue",
            "answer_work",
            "cohort_certificates",
            "certificate",
            "certificate_file",
        )
    },
    **{
        f"learn:{name}": {404} for name in ("package_launch", "units_standing")
    },  # of its learner alone: tests/learn/packages
    "learn:cartridge_found": {200, 404},  # of who sent it, and of the programme
    # Without a version of the specification and a token nothing is told: tests/learn/statements speaks with both.
    **{
        f"xapi_{name}": {400}
        for name in ("statements", "more", "state", "activity_profile", "activities", "agent_profile", "agents")
    },
    "learn:badge_file": {200, 404},  # one's own; tests/learn/certificates opens it as its holder
    # Of another browser: tests/learn/lti/test_tool.py arrives as somebody who was sent.
    **{f"learn:{name}": {404} for name in ("lti_arrived", "lti_choose")},
    # Only with the token of a tool, or signed by a registered platform: tests/learn/lti speaks as both.
    **{f"exchange:lti_{name}": {401} for name in ("line_items", "line_item", "results", "members")},
    "exchange:lti_authorisation": {302, 403},
    "exchange:lti_login": {403},
    "learn:meetings_feed": {404},  # of nobody: tests/learn/meetings/test_meetings.py opens one with its secret
    # A cohort is its trainers', its learners' and the programme's; to others these pages do not exist (tests/learn)
    **{
        f"learn:{name}": {200, 404}
        for name in (
            "enrol_people",
            "desk",
            "edit_cohort",
            "import_people",
            "export_people",
            "cohort_meetings",
            "new_cohort_meeting",
            "my_cohort",
            "pair",
            "cohort_meeting",
            "edit_cohort_meeting",
            "attendance_list",
            "attendance_code",
            "arrive",
            "meeting_file",
            "import_presence",
            "new_cohort",
            "cohort_cascade",
            "late_people",
            "export_late",
            "forum",
            "new_forum_topic",
            "forum_topic",
            "forum_export",
            "change_forum_post",
        )
    },
    "plan:feed": {404},  # of nobody: tests/plan/followup/test_pages.py opens one with its secret
    "diagnose:agree": {302, 404},  # while people answer it leads back to answering
    "diagnose:evidence_file": {404},  # of nobody: tests/diagnose/answers/test_pages.py gives one to its round
    # A round is its owner's and its members'; to others it does not exist (tests/diagnose/test_marker.py asks for more)
    **{
        f"diagnose:{name}": {200, 403, 404}
        for name in (
            "round",
            "round_progress",
            "round_change",
            "round_start_agreement",
            "round_answer_again",
            "round_submit",
            "round_reopen",
            "round_cancel",
            "round_finish",
            "round_mute",
            "round_team",
            "round_invite",
            "round_member",
            "round_remove",
            "round_form",
            "round_form_pdf",
            "receipt",
            "receipt_pdf",
            "receipt_content",
            "answer",
            "answer_area",
            "answer_session",
            "agree_item",
            "profile",
            "profile_pdf",
            "profile_xlsx",
            "round_share",
            "share_take_back",
            "shared",
            "territory",
            "territory_pdf",
            "territory_xlsx",
            "priorities",  # and while a round is not submitted, the other pages of its priorities do not exist
            "priority_criterion",
            "priority_factors",
            "priority_factors_xlsx",
            "priority_scores",
            "priority_decide",
            "priority_sign",
            "priority_reopen",
            "priority_explain",
            "priority_explain_pdf",
            "priority_signed",
            "priority_signed_content",
        )
    },
    "foundation:job": {200, 403, 404},  # only who started it
    "know:report_csv": {404},  # the file exists only where rows were rejected
    "know:trial": {404},  # it was kept for a week
    "diagnose:import_preview": {404},  # what was read from a form is kept for a day, for who sent it
}
