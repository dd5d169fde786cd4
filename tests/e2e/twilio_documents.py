"""What Twilio's REST API takes and answers, and what a question and an answer have against it. In our
own words, for the part that the stand-in plays; Twilio's own OpenAPI documents, which are not ours to
copy, are asked as well where they lie beside the repository."""
import json
import re
import urllib.parse
from datetime import datetime
from email.utils import parsedate_to_datetime

from support import ROOT

VECTORS = ROOT.parent / "shared/vectors"
PATHS = {"/v1/Rooms": "twilio_video_v1.json", "/2010-04-01": "twilio_api_v2010_extract.json"}
TYPES = {"string": str, "integer": int, "boolean": bool, "object": dict, "array": list}
FORMATS = {"date-time": lambda text: datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ"),
           "date-time-rfc-2822": parsedate_to_datetime,
           "uri": lambda text: urllib.parse.urlsplit(text).hostname or bad("no host"),
           "http-method": str, "int64": int, "uri-map": dict}


# --- In our own words

def sid(kind):
    return {"type": "string", "nullable": True, "pattern": f"^{kind}[0-9a-fA-F]{{32}}$",
            "minLength": 34, "maxLength": 34}


def field(kind, nullable=True, **rules):
    return {"type": kind, "nullable": nullable} | rules


def word(*words):
    return field("string", False, enum=words)


def list_of(key, schema):
    return {"type": "object", "properties": {key: {"type": "array", "items": schema},
                                             "meta": {"type": "object"}}}


TEXT, FLAG, NUMBER = field("string"), field("boolean"), field("integer")
COUNT = field("integer", False)
URL, MAP = field("string", format="uri"), field("object", format="uri-map")
TIME, MAIL_TIME = (field("string", format=name) for name in ("date-time", "date-time-rfc-2822"))
MADE = {"date_created": TIME, "date_updated": TIME}
SPAN = {"end_time": TIME, "duration": NUMBER, "url": URL, "links": MAP, "account_sid": sid("AC")}
ROOM = {"type": "object", "properties": MADE | SPAN | {
    "sid": sid("RM"), "status": word("in-progress", "completed", "failed"), "enable_turn": FLAG,
    "unique_name": TEXT, "status_callback": URL,
    "status_callback_method": field("string", enum=("GET", "POST")),
    "type": word("group", "go", "peer-to-peer", "group-small"), "max_participants": COUNT,
    "max_participant_duration": COUNT, "max_concurrent_published_tracks": NUMBER,
    "record_participants_on_connect": FLAG, "media_region": TEXT, "audio_only": FLAG,
    "video_codecs": {"type": "array", "items": word("VP8", "H264")}, "large_room": FLAG,
    "empty_room_timeout": COUNT, "unused_room_timeout": COUNT}}
PARTICIPANT = {"type": "object", "properties": MADE | SPAN | {
    "sid": sid("PA"), "room_sid": sid("RM"), "identity": TEXT, "start_time": TIME,
    "status": word("connected", "disconnected", "reconnecting")}}
MAIL_MADE = {"date_created": MAIL_TIME, "date_updated": MAIL_TIME, "friendly_name": TEXT}
KEY = {"type": "object", "properties": MAIL_MADE | {"sid": sid("SK")}}
ACCOUNT = {"type": "object", "properties": MAIL_MADE | {
    "sid": sid("AC"), "owner_account_sid": sid("AC"), "auth_token": TEXT, "uri": TEXT,
    "status": word("active", "suspended", "closed"), "type": word("Trial", "Full"),
    "subresource_uris": MAP}}


def operation(status, schema, asked=(), sent=()):
    def form(schema):
        return {"content": {"application/json": {"schema": schema}}}
    return {"parameters": [{"name": name} for name in asked], "responses": {status: form(schema)},
            "requestBody": form({"properties": dict.fromkeys(sent)})}


PAGE = ("Status", "PageSize", "Page", "PageToken")
OURS = {"paths": {
    "/v1/Rooms": {
        "get": operation("200", list_of("rooms", ROOM), (*PAGE, "UniqueName")),
        "post": operation("201", ROOM, sent=(
            "UniqueName", "Type", "MaxParticipants", "MediaRegion", "EmptyRoomTimeout",
            "UnusedRoomTimeout", "StatusCallback", "StatusCallbackMethod"))},
    "/v1/Rooms/{Sid}": {"get": operation("200", ROOM),
                        "post": operation("202", ROOM, sent=("Status",))},
    "/v1/Rooms/{RoomSid}/Participants": {
        "get": operation("200", list_of("participants", PARTICIPANT), (*PAGE, "Identity"))},
    "/v1/Rooms/{RoomSid}/Participants/{Sid}": {
        "get": operation("200", PARTICIPANT),
        "post": operation("202", PARTICIPANT, sent=("Status",))},
    "/2010-04-01/Accounts/{Sid}.json": {"get": operation("200", ACCOUNT)},
    "/2010-04-01/Accounts/{AccountSid}/Keys/{Sid}.json": {"get": operation("200", KEY)}}}


# --- Checking

def documents(path):
    """Those that describe it."""
    name = next(name for start, name in PATHS.items() if path.startswith(start))
    theirs = VECTORS / name
    return [OURS] + ([json.loads(theirs.read_text())] if theirs.is_file() else [])


def described(document, method, path):
    path = path.split("?")[0]
    for template, operations in document["paths"].items():
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+?", template), path):
            return operations[method.lower()]
    raise AssertionError(f"no document describes {path}")


def unknown_parameters(operation, path, form):
    known = {one["name"] for one in operation.get("parameters", [])}
    content = operation.get("requestBody", {"content": {}})["content"]
    for kind in content.values():
        known |= kind["schema"]["properties"].keys()
    asked = form.keys() | dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(path).query)).keys()
    return [f"parameter {name}" for name in asked - known]


def faults(method, path, form, status, answer):
    """What the documents have against a question and its answer."""
    found = set()
    for document in documents(path):
        operation = described(document, method, path)
        found.update(unknown_parameters(operation, path, form))
        if str(status) not in operation["responses"]:
            found.add(f"status {status}")
            continue
        schema = operation["responses"][str(status)]["content"]["application/json"]["schema"]
        found.update(breaches(document, schema, answer))
    return sorted(found)


def bad(why):
    raise ValueError(why)


def breaches(document, schema, value, where="answer"):
    """What is wrong with a value. Every property of a schema counts as required: Twilio sends null
    where it has nothing to say."""
    schema = resolved(document, schema)
    if value is None:
        return [] if schema.get("nullable") else [f"{where} is null"]
    if type(value) is not TYPES[schema["type"]]:
        return [f"{where} is no {schema['type']}"]
    found = [f"{where} breaks {rule}" for rule in ("enum", "pattern", "minLength", "maxLength",
                                                   "format") if not holds(schema, rule, value)]
    for entry in value if schema["type"] == "array" else []:
        found += breaches(document, schema["items"], entry, f"{where}[]")
    properties = schema.get("properties")
    if properties is not None:
        found += [f"{where} lacks or adds {name}" for name in properties.keys() ^ value.keys()]
        for name in properties.keys() & value.keys():
            found += breaches(document, properties[name], value[name], f"{where}.{name}")
    return found


def resolved(document, schema):
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    return schema


def holds(schema, rule, value):
    if rule not in schema:
        return True
    limit = schema[rule]
    if rule == "format":
        try:
            FORMATS[limit](value)
            return True
        except (ValueError, TypeError):
            return False
    return {"enum": lambda: value in limit, "pattern": lambda: re.search(limit, value) is not None,
            "minLength": lambda: len(value) >= limit,
            "maxLength": lambda: len(value) <= limit}[rule]()
