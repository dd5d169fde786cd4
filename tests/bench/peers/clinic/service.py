"""What a token needs, in Django with REST framework, SimpleJWT and Twilio's library. README.md says
what is left out.

gunicorn clinic.service:application, with ROOMKEY_DB, ROOMKEY_JWT_SECRET and TWILIO_* in the
environment."""
import os
import time
from datetime import datetime, timezone

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import path

ENV = os.environ

settings.configure(
    ALLOWED_HOSTS=["*"],
    AUTH_USER_MODEL="clinic.User",
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ENV["ROOMKEY_DB"],
                           "CONN_MAX_AGE": None}},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "rest_framework", "clinic"],
    MIDDLEWARE=[],
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES":
            ["rest_framework_simplejwt.authentication.JWTAuthentication"],
        "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    },
    ROOT_URLCONF=__name__,
    SECRET_KEY=ENV["ROOMKEY_JWT_SECRET"],
    SIMPLE_JWT={"ALGORITHM": "HS256", "SIGNING_KEY": ENV["ROOMKEY_JWT_SECRET"]},
    USE_TZ=True,
)
application = get_wsgi_application()

# Only now: these ask for the settings as they are imported.
from rest_framework.exceptions import NotFound, PermissionDenied  # noqa: E402
from rest_framework.response import Response  # noqa: E402
from rest_framework.views import APIView  # noqa: E402
from twilio.jwt.access_token import AccessToken  # noqa: E402
from twilio.jwt.access_token.grants import VideoGrant  # noqa: E402

from clinic.models import Room  # noqa: E402

REGION = ENV["TWILIO_REGION"]


def access_token(identity, room, seconds):
    token = AccessToken(ENV["TWILIO_ACCOUNT_SID"], ENV["TWILIO_API_KEY"], ENV["TWILIO_API_SECRET"],
                        identity=identity, ttl=seconds, region=REGION)
    token.add_grant(VideoGrant(room=room))
    return token.to_jwt()


class VideoToken(APIView):
    def get(self, request, appointment_id):
        room = Room.objects.select_related("appointment").filter(pk=appointment_id).first()
        if room is None:
            raise NotFound("No video room found for this appointment")
        appointment = room.appointment
        if request.user.id not in (appointment.patient_id, appointment.psychologist_id):
            raise PermissionDenied()
        if appointment.status not in ("scheduled", "confirmed"):
            return Response({"error": f"Appointment is {appointment.status}",
                             "code": "appointment_closed"}, status=409)
        minutes = min(max(appointment.duration_minutes + 30, 60), 240)
        identity = f"{request.user.id}-{request.user.email}"
        until = datetime.fromtimestamp(int(time.time()) + 60 * minutes, timezone.utc)
        return Response({
            "access_token": access_token(identity, room.name, 60 * minutes),
            "room_name": room.name,
            "user_identity": identity,
            "expires_in": 60 * minutes,
            "expires_at": until.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "appointment_id": appointment.id,
            "appointment_duration_minutes": appointment.duration_minutes,
            "token_valid_until": f"{minutes} minutes ({minutes // 60} hours)",
            "region": REGION,
            "provider": "twilio",
            "connect": {"room": room.name, "region": REGION},
        })


urlpatterns = [path("api/appointments/video-token/<int:appointment_id>/", VideoToken.as_view())]
