"""roomkey's own tables, as Django sees them; it makes none."""
from django.db import models


class User(models.Model):
    email = models.EmailField()
    is_active = models.BooleanField(db_column="active")
    is_authenticated = True
    is_anonymous = False
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = []

    class Meta:
        managed = False
        db_table = "users"


class Appointment(models.Model):
    patient = models.ForeignKey(User, models.CASCADE, related_name="+")
    psychologist = models.ForeignKey(User, models.CASCADE, related_name="+")
    duration_minutes = models.IntegerField()
    status = models.TextField()

    class Meta:
        managed = False
        db_table = "appointments"


class Room(models.Model):
    appointment = models.OneToOneField(Appointment, models.CASCADE, primary_key=True)
    name = models.TextField()

    class Meta:
        managed = False
        db_table = "rooms"
