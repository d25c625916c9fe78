"""The words of LTI 1.3 and LTI Advantage, as 1EdTech publishes them."""

CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
MESSAGE_TYPE = CLAIM + "message_type"
VERSION = CLAIM + "version"
DEPLOYMENT = CLAIM + "deployment_id"
TARGET = CLAIM + "target_link_uri"
RESOURCE_LINK = CLAIM + "resource_link"
CONTEXT = CLAIM + "context"
ROLES = CLAIM + "roles"
CUSTOM = CLAIM + "custom"
PRESENTATION = CLAIM + "launch_presentation"
PLATFORM = CLAIM + "tool_platform"
LTI_VERSION = "1.3.0"
RESOURCE_MESSAGE = "LtiResourceLinkRequest"
CHOICE_MESSAGE = "LtiDeepLinkingRequest"
CHOICE_ANSWER = "LtiDeepLinkingResponse"

CHOICE_SETTINGS = "https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings"
CHOICE_ITEMS = "https://purl.imsglobal.org/spec/lti-dl/claim/content_items"
CHOICE_DATA = "https://purl.imsglobal.org/spec/lti-dl/claim/data"

GRADES = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
SCOPE_ITEM = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem"
SCOPE_ITEM_READ = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem.readonly"
SCOPE_RESULT = "https://purl.imsglobal.org/spec/lti-ags/scope/result.readonly"
SCOPE_SCORE = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
MEMBERS = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
SCOPE_MEMBERS = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
GRADE_SCOPES = (SCOPE_ITEM, SCOPE_ITEM_READ, SCOPE_RESULT, SCOPE_SCORE)
SCOPES = (*GRADE_SCOPES, SCOPE_MEMBERS)

ROLE = "http://purl.imsglobal.org/vocab/lis/v2/membership#"
LEARNER, INSTRUCTOR, AUTHOR = ROLE + "Learner", ROLE + "Instructor", ROLE + "ContentDeveloper"
TEACHING = (INSTRUCTOR, AUTHOR, ROLE + "Administrator", ROLE + "Mentor", ROLE + "Manager")
COURSE_SECTION = "http://purl.imsglobal.org/vocab/lis/v2/course#CourseSection"

ITEM_TYPE = "application/vnd.ims.lis.v2.lineitem+json"
ITEMS_TYPE = "application/vnd.ims.lis.v2.lineitemcontainer+json"
SCORE_TYPE = "application/vnd.ims.lis.v1.score+json"
RESULTS_TYPE = "application/vnd.ims.lis.v2.resultcontainer+json"
MEMBERS_TYPE = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"

ACTIVITY = ("Initialized", "Started", "InProgress", "Submitted", "Completed")
GRADING = ("FullyGraded", "Pending", "PendingManual", "Failed", "NotReady")

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
