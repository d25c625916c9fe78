"""Who may do what with courses and all that happens in their cohorts.

Published courses are public, their lessons too: whoever reads needs no account; progress, answers and certificates
belong to cohorts. A version that is not published belongs to the organisation that writes it and to the programme.
"""

from trama.foundation.policies import ANY, MEMBERS, OWN, PUBLIC, UNTARGETED, declare

AUTHORS = {"trainer": OWN | UNTARGETED, "programme_admin": ANY, "programme_team": ANY}

SHOW_COURSES = declare("learn.courses.show", kind="route", allow=PUBLIC)
DOWNLOAD_COURSES = declare("learn.courses.download", kind="export", allow=PUBLIC)
STUDY_PAGES = declare(
    "learn.courses.study",
    kind="route",
    allow=MEMBERS,
    reason="everyone's own courses; who is in no cohort of one is led to its public page",
)
AUTHOR_PAGES = declare("learn.courses.author_pages", kind="route", allow=AUTHORS, tool="courses")
EDIT_COURSE = declare("learn.courses.edit", kind="operation", allow=AUTHORS, tool="courses", access="edit")
PUBLISH_COURSE = declare(
    "learn.courses.publish",
    kind="operation",
    allow={"programme_admin": ANY, "programme_team": ANY},
    tool="courses",
    access="edit",
    reason="partners write; what the catalogue shows and certificates state is the programme's word",
)

# Cohorts. Who trains a cohort sees and leads it whatever their role: in a cascade they are people of networks. That is
# a row of the cohort, which ``cohorts.selectors.may_lead`` asks for; what follows is who needs none.
COHORT_PAGES = declare(
    "learn.cohorts.pages",
    kind="route",
    allow=MEMBERS,
    reason="everyone's own: cohorts that they train, learn in or may enter; another's cohort does not exist to them",
)
COHORT_EXPORT = declare(
    "learn.cohorts.export", kind="export", allow=MEMBERS, reason="only of a cohort that the person trains"
)
OPEN_COHORT = declare("learn.cohorts.open", kind="operation", allow=AUTHORS, tool="courses", access="edit")
OPEN_OWN_COHORT = declare(
    "learn.cohorts.open_own",
    kind="operation",
    allow=dict.fromkeys(("group_coordinator", "network_principal", "state_principal"), OWN),
    tool="courses",
    access="edit",
    reason="whoever answers for a territory, a network or a state secretariat opens cohorts for its people",
)
LEAD_COHORT = declare(
    "learn.cohorts.lead",
    kind="operation",
    allow={"programme_admin": ANY, "programme_team": ANY},
    tool="courses",
    access="edit",
    reason="beside the cohort's own trainers",
)
ENROL_MYSELF = declare("learn.cohorts.enrol_myself", kind="operation", allow=MEMBERS)
ENROL_PEOPLE = declare(
    "learn.cohorts.enrol_people",
    kind="operation",
    allow=dict.fromkeys(
        (
            "network_principal",
            "network_team",
            "state_principal",
            "state_team",
            "school_principal",
            "pedagogical_coordinator",
        ),
        OWN,
    ),
    tool="courses",
    access="edit",
    reason="people of one's own network or school; they are told, and may leave by themselves",
)
COHORT_INVITATION = declare(
    "learn.cohorts.invitation", kind="route", allow=MEMBERS, reason="the code and the verified e-mail are the key"
)

MEETING_FEED = declare(
    "learn.meetings.feed",
    kind="export",
    allow=PUBLIC,
    reason="calendar programs cannot sign in: the secret stands for who made it, asked each time",
)

MUTE_REMINDERS = declare(
    "learn.following.mute",
    kind="route",
    allow=PUBLIC,
    reason="letters must be stopped without signing in: the signed address knows whose, and can do nothing else",
)

# Certificates.
VERIFY_CERTIFICATE = declare(
    "learn.certificates.verify",
    kind="route",
    allow=PUBLIC,
    reason="whoever holds the code, of 80 random bits, may read what the paper says, and nothing more",
)
CERTIFICATE_FILE = declare(
    "learn.certificates.file", kind="export", allow=MEMBERS, reason="one's own, and those of cohorts that one leads"
)

# The store of statements.
STATEMENT_STORE = declare(
    "learn.statements.store",
    kind="route",
    allow=PUBLIC,
    reason="programs cannot sign in: the token stands for what it may write and read, asked each time",
)
STATEMENT_CLIENTS = declare(
    "learn.statements.clients",
    kind="route",
    allow={"programme_admin": ANY, "programme_team": ANY},
    tool="courses",
)
MANAGE_STATEMENT_CLIENTS = declare(
    "learn.statements.manage_clients",
    kind="operation",
    allow={"programme_admin": ANY, "programme_team": ANY},
    tool="courses",
    access="edit",
)
ERASE_LEARNER = declare(
    "learn.statements.erase_learner",
    kind="operation",
    allow={"programme_admin": ANY},
    reason="takes a person out of statements and documents; nothing brings them back",
)

# Courses of others (cmi5).
AUTHOR_COURSES_OF_OTHERS = declare(
    "learn.packaged_courses.bring_in", kind="operation", allow=AUTHORS, tool="courses", access="edit"
)
LEARN_COURSES_OF_OTHERS = declare(
    "learn.packaged_courses.learn",
    kind="operation",
    allow=MEMBERS,
    reason="one's own registration; the page that leads there asks",
)

# External tools, platforms and keys.
LTI_PAGES = declare(
    "learn.lti.pages",
    kind="route",
    allow={"programme_admin": ANY, "programme_team": ANY},
    tool="courses",
    reason="which tools courses may use, and what these learn of people, is decided by the programme",
)
REGISTER_LTI = declare(
    "learn.lti.register",
    kind="operation",
    allow={"programme_admin": ANY, "programme_team": ANY},
    tool="courses",
    access="edit",
)
LTI_SERVER = declare(
    "learn.lti.server",
    kind="route",
    allow=PUBLIC,
    reason="other servers ask here and sign what they say; pages that a person opens ask who they are themselves",
)
ROTATE_KEYS = declare(
    "learn.keys.rotate",
    kind="operation",
    allow={"programme_admin": ANY},
    reason="from then on everything is signed with the new key",
)
BADGE_RECORD = declare(
    "learn.certificates.badge_record",
    kind="route",
    allow=PUBLIC,
    reason="who verifies a badge asks for its issuer, key, achievement and status; no person is in any of them",
)
