"""Every address: by which method, for whom, and with what in it."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from .conftest import World

# For whom an address is. What belongs to somebody is not there for anybody else.
ANYBODY, SIGNED_IN, OWN_ATTEMPT, INSTRUCTORS, OWN_COHORT, ADMINISTRATORS, OWN_FILE, NOBODY = range(
    8
)
READ, WRITE, FORM = {"get"}, {"post"}, {"get", "post"}
# Method, for whom, and what stands in the address: see `value`.
ADDRESSES: dict[str, tuple[set[str], int, str]] = {
    "home": (READ, SIGNED_IN, ""),
    "metrics": (READ, NOBODY, ""),  # but this machine, or the token
    "live": (READ, ANYBODY, ""),
    "ready": (READ, ANYBODY, ""),
    "service_worker": (READ, ANYBODY, ""),
    # ---------------------------------------------------------- sign-in, by allauth
    "account_login": (FORM, ANYBODY, ""),
    "account_logout": (FORM, ANYBODY, ""),
    "account_inactive": (READ, ANYBODY, ""),
    "account_signup": (FORM, ANYBODY, ""),
    "account_reauthenticate": (FORM, SIGNED_IN, ""),
    "account_email": (FORM, SIGNED_IN, ""),
    "account_email_verification_sent": (READ, ANYBODY, ""),
    "account_change_password": (FORM, SIGNED_IN, ""),
    "account_set_password": (FORM, SIGNED_IN, ""),
    "account_reset_password": (FORM, ANYBODY, ""),
    "account_request_login_code": (FORM, ANYBODY, ""),
    "account_confirm_login_code": (FORM, ANYBODY, ""),
    "account_confirm_email": (FORM, ANYBODY, "=key"),
    "account_reset_password_from_key_done": (READ, ANYBODY, ""),
    "account_reset_password_from_key": (FORM, ANYBODY, "=1 =x-y"),
    "account_reset_password_done": (READ, ANYBODY, ""),
    "mfa_index": (READ, SIGNED_IN, ""),
    "mfa_authenticate": (FORM, ANYBODY, ""),
    "mfa_reauthenticate": (FORM, SIGNED_IN, ""),
    "mfa_activate_totp": (FORM, SIGNED_IN, ""),
    "mfa_deactivate_totp": (FORM, SIGNED_IN, ""),
    "mfa_view_recovery_codes": (READ, SIGNED_IN, ""),
    "mfa_generate_recovery_codes": (FORM, SIGNED_IN, ""),
    "mfa_download_recovery_codes": (READ, SIGNED_IN, ""),
    "demo_sign_in": (FORM, NOBODY, "=candidate =x"),  # outside the embedded default
    # ---------------------------------------------------------- people
    "accounts:profile": (FORM, SIGNED_IN, ""),
    "accounts:sign_out_elsewhere": (WRITE, SIGNED_IN, ""),
    "accounts:sign_out_there": (WRITE, OWN_ATTEMPT, "sign_in"),
    "accounts:sign_out": (WRITE, ADMINISTRATORS, "candidate"),
    "accounts:cohorts": (FORM, INSTRUCTORS, ""),
    "accounts:cohort": (READ, OWN_COHORT, "cohort"),
    "accounts:add_member": (WRITE, ADMINISTRATORS, "cohort"),
    "accounts:add_instructor": (WRITE, OWN_COHORT, "cohort"),
    "accounts:remove_member": (WRITE, OWN_COHORT, "cohort candidate"),
    "accounts:member_time": (FORM, OWN_COHORT, "cohort candidate"),
    "accounts:candidates": (READ, OWN_COHORT, "cohort"),
    "accounts:add_candidate": (WRITE, OWN_COHORT, "cohort"),
    "accounts:add_roster": (WRITE, OWN_COHORT, "cohort"),
    "accounts:add_link": (WRITE, OWN_COHORT, "cohort"),
    "accounts:withdraw_from_cohort": (WRITE, OWN_COHORT, "cohort invitation"),
    "accounts:invitations": (FORM, INSTRUCTORS, ""),
    "accounts:withdraw_invitation": (WRITE, OWN_COHORT, "invitation"),
    "accounts:decline_invitation": (WRITE, SIGNED_IN, "asked"),
    "accounts:join": (FORM, ANYBODY, "link.token"),
    "operations": (READ, ADMINISTRATORS, ""),
    "accounts:people": (READ, ADMINISTRATORS, ""),
    "accounts:audit": (READ, ADMINISTRATORS, ""),
    "accounts:refusals": (READ, ADMINISTRATORS, ""),
    "accounts:forget_refusals": (WRITE, ADMINISTRATORS, ""),
    "accounts:csp_report": (WRITE, ANYBODY, ""),
    "accounts:person": (FORM, ADMINISTRATORS, "candidate"),
    "accounts:person_time": (FORM, ADMINISTRATORS, "candidate"),
    "accounts:password_link": (WRITE, ADMINISTRATORS, "candidate"),
    # ---------------------------------------------------------- what is stored about people
    "exam:privacy": (READ, ANYBODY, ""),
    "exam:my_data": (FORM, SIGNED_IN, ""),
    "exam:my_copy": (READ, OWN_ATTEMPT, "copy"),
    "exam:delete_account": (FORM, SIGNED_IN, ""),
    "exam:keep_account": (WRITE, SIGNED_IN, ""),
    "exam:person_data": (FORM, ADMINISTRATORS, "candidate"),
    "exam:delete_person": (FORM, ADMINISTRATORS, "candidate"),
    # ---------------------------------------------------------- questions
    "questions:banks": (READ, INSTRUCTORS, ""),
    "questions:bank": (READ, INSTRUCTORS, "bank.slug"),
    "questions:bank_status": (FORM, INSTRUCTORS, "bank.slug"),
    "questions:bank_tags": (FORM, INSTRUCTORS, "bank.slug"),
    "questions:export": (FORM, INSTRUCTORS, "bank.slug"),
    "questions:picture": (READ, SIGNED_IN, "picture.sha256 picture.ending"),
    "questions:imports": (FORM, INSTRUCTORS, "bank.slug"),
    "questions:import_template": (READ, INSTRUCTORS, "=csv"),
    "questions:import": (READ, INSTRUCTORS, "batch"),
    "questions:import_item": (READ, INSTRUCTORS, "batch =1"),
    "questions:import_choose": (WRITE, INSTRUCTORS, "batch"),
    "questions:import_choose_all": (WRITE, INSTRUCTORS, "batch"),
    "questions:import_place": (WRITE, INSTRUCTORS, "batch"),
    "questions:import_begin": (WRITE, INSTRUCTORS, "batch"),
    "questions:import_withdraw": (WRITE, INSTRUCTORS, "batch"),
    "questions:create": (FORM, INSTRUCTORS, "bank.slug"),
    "questions:edit": (FORM, INSTRUCTORS, "draft"),
    "questions:keep": (WRITE, INSTRUCTORS, "draft"),
    "questions:look": (WRITE, INSTRUCTORS, "draft"),
    "questions:resolve": (WRITE, INSTRUCTORS, "draft"),
    "questions:saves": (READ, INSTRUCTORS, "draft"),
    "questions:bring_back": (WRITE, INSTRUCTORS, "draft =1"),
    "questions:discard": (FORM, INSTRUCTORS, "draft"),
    "questions:enemies": (WRITE, INSTRUCTORS, "draft"),
    "questions:find_enemies": (READ, INSTRUCTORS, "draft"),
    "questions:upload": (WRITE, INSTRUCTORS, ""),
    "questions:question": (READ, INSTRUCTORS, "draft"),
    "questions:send": (WRITE, INSTRUCTORS, "draft"),
    "questions:take_back": (WRITE, INSTRUCTORS, "waiting"),
    "questions:status": (WRITE, INSTRUCTORS, "draft"),
    "questions:comment": (WRITE, INSTRUCTORS, "draft"),
    "questions:versions": (READ, INSTRUCTORS, "draft"),
    "questions:review": (READ, INSTRUCTORS, "waiting"),
    "questions:review_answer": (WRITE, INSTRUCTORS, "waiting"),
    "questions:review_decide": (WRITE, INSTRUCTORS, "waiting"),
    "questions:reviews": (READ, INSTRUCTORS, ""),
    # ---------------------------------------------------------- exams
    "exam:start_list": (READ, SIGNED_IN, ""),
    "exam:instructions": (READ, SIGNED_IN, "=tiny"),
    "exam:start": (WRITE, SIGNED_IN, "=tiny"),
    "exam:resume": (READ, SIGNED_IN, ""),
    "exam:sitting": (READ, OWN_ATTEMPT, "running"),
    "exam:claim": (WRITE, OWN_ATTEMPT, "running"),
    "exam:sync": (WRITE, OWN_ATTEMPT, "running"),
    "exam:submit": (WRITE, OWN_ATTEMPT, "running"),
    "exam:result": (READ, OWN_ATTEMPT, "finished"),
    "exam:report": (READ, OWN_ATTEMPT, "finished"),
    "exam:replay": (READ, OWN_ATTEMPT, "finished"),
    "exam:review": (READ, OWN_ATTEMPT, "finished"),
    "exam:review_question": (READ, OWN_ATTEMPT, "finished =1"),
    "exam:report_question": (WRITE, OWN_ATTEMPT, "finished =1"),
    "exam:classify_miss": (WRITE, OWN_ATTEMPT, "finished =1"),
    "exam:practice": (READ, SIGNED_IN, ""),
    "exam:practice_start": (WRITE, SIGNED_IN, ""),
    "exam:plan": (READ, SIGNED_IN, ""),
    "exam:memory": (READ, SIGNED_IN, ""),
    "exam:practice_done": (READ, OWN_ATTEMPT, "finished"),
    "exam:readiness": (READ, SIGNED_IN, ""),
    "exam:readiness_parts": (READ, SIGNED_IN, ""),
    "exam:readiness_habits": (READ, SIGNED_IN, ""),
    "exam:history": (READ, SIGNED_IN, ""),
    "exam:history_table": (READ, SIGNED_IN, "=csv"),
    "exam:reports": (READ, INSTRUCTORS, ""),
    "exam:reports_table": (READ, INSTRUCTORS, "=csv"),
    "exam:reports_on": (READ, INSTRUCTORS, "draft"),
    "exam:answer_reports": (WRITE, INSTRUCTORS, "draft"),
    "exam:question_figures": (READ, INSTRUCTORS, "draft"),
    "exam:running": (READ, INSTRUCTORS, ""),
    "exam:practice_missed": (READ, INSTRUCTORS, ""),
    "exam:running_table": (READ, INSTRUCTORS, "=csv"),
    "exam:missed_table": (READ, INSTRUCTORS, "=xlsx"),
    "exam:add_minutes": (WRITE, OWN_COHORT, "running"),
    "exam:blueprints": (READ, INSTRUCTORS, ""),
    "exam:blueprints_table": (READ, INSTRUCTORS, "=csv"),
    "exam:imports_table": (READ, INSTRUCTORS, "bank.slug =csv"),
    "exam:blueprint": (FORM, INSTRUCTORS, "=tiny"),
    "exam:blueprint_forms": (READ, INSTRUCTORS, "=tiny"),
    "exam:check_blueprint": (FORM, INSTRUCTORS, "=tiny"),
    "exam:preview_blueprint": (READ, INSTRUCTORS, "=tiny"),
    "exam:preview_typed": (FORM, INSTRUCTORS, "=tiny"),
    "exam:new_blueprint": (FORM, INSTRUCTORS, "bank.slug"),
    "exam:check_new_blueprint": (FORM, INSTRUCTORS, "bank.slug"),
    "exam:preview_new_blueprint": (FORM, INSTRUCTORS, "bank.slug"),
    "exam:assignments": (READ, INSTRUCTORS, ""),
    "exam:assignments_table": (READ, INSTRUCTORS, "=csv"),
    "exam:assign": (FORM, INSTRUCTORS, ""),
    "exam:assignment": (READ, OWN_COHORT, "assignment"),
    "exam:change_assignment": (FORM, OWN_COHORT, "assignment"),
    "exam:withdraw_assignment": (WRITE, OWN_COHORT, "assignment"),
    "exam:assignment_table": (READ, OWN_COHORT, "assignment =xlsx"),
    "exam:candidate": (READ, OWN_COHORT, "candidate"),
    "exam:candidate_table": (READ, OWN_COHORT, "candidate =csv"),
    "exam:candidate_parts_table": (READ, OWN_COHORT, "candidate =csv"),
    "exam:cohort_dashboard": (READ, OWN_COHORT, "cohort"),
    "exam:cohort_content": (READ, OWN_COHORT, "cohort"),
    "exam:cohort_table": (READ, OWN_COHORT, "cohort =people =xlsx"),
    "exam:cohorts_table": (READ, INSTRUCTORS, "=csv"),
    "exam:members_table": (READ, OWN_COHORT, "cohort =xlsx"),
    "exam:people_table": (READ, ADMINISTRATORS, "=csv"),
    "exam:audit_table": (READ, ADMINISTRATORS, "=csv"),
    # ---------------------------------------------------------- measurement
    "measurement:overview": (READ, INSTRUCTORS, ""),
    "measurement:job": (READ, INSTRUCTORS, "job"),
    "measurement:pool_file": (READ, INSTRUCTORS, "bank.slug =csv"),
    "measurement:use_file": (READ, INSTRUCTORS, "bank.slug =xlsx"),
    "measurement:drift_file": (READ, INSTRUCTORS, "bank.slug =csv"),
    "measurement:count": (WRITE, INSTRUCTORS, "bank.slug"),
    "measurement:keys": (READ, INSTRUCTORS, "bank.slug"),
    "measurement:keys_table": (READ, INSTRUCTORS, "bank.slug =csv"),
    "measurement:items": (READ, INSTRUCTORS, "bank.slug"),
    "measurement:items_table": (READ, INSTRUCTORS, "bank.slug =xlsx"),
    "measurement:item": (READ, INSTRUCTORS, "version"),
    "measurement:comparisons": (READ, INSTRUCTORS, "bank.slug"),
    "measurement:comparison": (READ, INSTRUCTORS, "comparison"),
    "measurement:comparison_table": (READ, INSTRUCTORS, "comparison =csv"),
    "measurement:compare": (FORM, ADMINISTRATORS, "bank.slug"),
    "measurement:delete_comparison": (FORM, ADMINISTRATORS, "comparison"),
    "measurement:truth": (READ, INSTRUCTORS, "bank.slug"),
    "measurement:truth_table": (READ, INSTRUCTORS, "bank.slug =csv"),
    "measurement:truth_figures_table": (READ, INSTRUCTORS, "bank.slug =csv"),
    "measurement:comparisons_table": (READ, INSTRUCTORS, "bank.slug =xlsx"),
    "measurement:item_table": (READ, INSTRUCTORS, "version =csv"),
    "measurement:findings_table": (READ, INSTRUCTORS, "calibration =csv"),
    "measurement:key_change_table": (READ, INSTRUCTORS, "corrected =csv"),
    "measurement:form_sets_table": (READ, INSTRUCTORS, "bank.slug =csv"),
    "measurement:pilots": (READ, INSTRUCTORS, "bank.slug"),
    "measurement:pilots_table": (READ, INSTRUCTORS, "bank.slug =csv"),
    "measurement:decide_pilots": (WRITE, INSTRUCTORS, "bank.slug"),
    "measurement:open_wave": (WRITE, INSTRUCTORS, "bank.slug"),
    "measurement:close_wave": (WRITE, INSTRUCTORS, "bank.slug"),
    "measurement:calibrations": (READ, INSTRUCTORS, "bank.slug"),
    "measurement:calibrations_table": (READ, INSTRUCTORS, "bank.slug =csv"),
    "measurement:calibrate": (WRITE, INSTRUCTORS, "bank.slug"),
    "measurement:calibration": (READ, INSTRUCTORS, "calibration"),
    "measurement:calibration_table": (READ, INSTRUCTORS, "calibration =xlsx"),
    "measurement:fix_key": (FORM, INSTRUCTORS, "corrected.version_id"),
    "measurement:key_preview": (FORM, INSTRUCTORS, "ahead"),
    "measurement:key_change": (FORM, INSTRUCTORS, "corrected"),
    "measurement:key_changes": (READ, INSTRUCTORS, "bank.slug"),
    "measurement:key_changes_table": (READ, INSTRUCTORS, "bank.slug =xlsx"),
    "measurement:bank": (READ, INSTRUCTORS, "bank.slug"),
    "measurement:data": (FORM, INSTRUCTORS, "bank.slug"),
    "measurement:download": (READ, OWN_FILE, "export"),
    "measurement:forms_quality": (READ, INSTRUCTORS, "bank.slug"),
    "measurement:forms_table": (READ, INSTRUCTORS, "bank.slug =csv"),
    "measurement:curves_table": (READ, INSTRUCTORS, "bank.slug =csv"),
    "measurement:form": (READ, INSTRUCTORS, "finished.exam_form_id"),
    "measurement:form_table": (READ, INSTRUCTORS, "finished.exam_form_id =xlsx"),
    "measurement:form_sets": (FORM, INSTRUCTORS, "bank.slug"),
    "measurement:ask_for_extent": (WRITE, INSTRUCTORS, "bank.slug =tiny"),
    "measurement:form_set": (READ, INSTRUCTORS, "bank.slug form_set"),
    "measurement:form_set_table": (READ, INSTRUCTORS, "bank.slug form_set =csv"),
    "measurement:form_set_figures": (READ, INSTRUCTORS, "bank.slug form_set =xlsx"),
    "measurement:delete_form_set": (WRITE, INSTRUCTORS, "bank.slug form_set"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table in this world."""

    name: str
    methods: set[str]
    whose: int
    address: str


def lines(world: World) -> list[Line]:
    """The whole table, with what there is in this world."""
    return [
        Line(
            name, methods, whose, reverse(name, args=[value(world, word) for word in args.split()])
        )
        for name, (methods, whose, args) in ADDRESSES.items()
    ]


def value(world: World, word: str) -> Any:
    """ "=csv" is a word, "bank.slug" a field, "cohort" a primary key."""
    if word.startswith("="):
        return word[1:]
    thing, _dot, field = word.partition(".")
    if field == "ending":
        return world.picture.media_type.partition("/")[2]
    return getattr(getattr(world, thing), field or "pk")
