// What a token needs, in Node: fastify, better-sqlite3, jsonwebtoken. README.md says what is left out.
//   node service.mjs SOCKET    with ROOMKEY_DB, ROOMKEY_JWT_SECRET and TWILIO_* in the environment
import { createSecretKey } from 'node:crypto';
import Database from 'better-sqlite3';
import fastify from 'fastify';
import jwt from 'jsonwebtoken';

const { env } = process;
const loginKey = createSecretKey(Buffer.from(env.ROOMKEY_JWT_SECRET));
const apiSecret = createSecretKey(Buffer.from(env.TWILIO_API_SECRET));
const region = env.TWILIO_REGION;

const store = new Database(env.ROOMKEY_DB, { readonly: true });
const userOf = store.prepare('SELECT id, email, active FROM users WHERE id = ?');
const appointmentOf = store.prepare(
  `SELECT patient_id, psychologist_id, duration_minutes, status, rooms.name AS room
     FROM appointments LEFT JOIN rooms ON rooms.appointment_id = appointments.id
    WHERE appointments.id = ?`);

class Refusal extends Error {
  constructor(statusCode, message, code) {
    super(message);
    Object.assign(this, { statusCode, code });
  }
}

function callerOf(request) {
  const [scheme, token] = (request.headers.authorization ?? '').split(' ');
  if (scheme !== 'Bearer') throw new Refusal(401, 'Authentication required', 'authentication_required');
  let claims;
  try {
    claims = jwt.verify(token, loginKey, { algorithms: ['HS256'] });
  } catch {
    throw new Refusal(401, 'Invalid token', 'invalid_token');
  }
  const user = userOf.get(claims.user_id);
  if (!user?.active) throw new Refusal(401, 'User not found or inactive', 'user_unknown');
  return user;
}

function decide(user, appointment) {
  if (!appointment) throw new Refusal(404, 'Appointment not found', 'appointment_not_found');
  const { patient_id, psychologist_id, status, room } = appointment;
  if (user.id !== patient_id && user.id !== psychologist_id) {
    throw new Refusal(403, 'Permission denied', 'permission_denied');
  }
  if (status !== 'scheduled' && status !== 'confirmed') {
    throw new Refusal(409, `Appointment is ${status}`, 'appointment_closed');
  }
  if (!room) throw new Refusal(404, 'No video room found for this appointment', 'room_not_found');
}

function accessToken(identity, room, iat, exp) {
  const key = env.TWILIO_API_KEY;
  const header = { alg: 'HS256', typ: 'JWT', cty: 'twilio-fpa;v=1', twr: region };
  const claims = { jti: `${key}-${iat}`, iss: key, sub: env.TWILIO_ACCOUNT_SID, iat, exp,
    grants: { identity, video: { room } } };
  return jwt.sign(claims, apiSecret, { header });
}

const app = fastify({ keepAliveTimeout: 75_000 });
app.setErrorHandler((error, request, reply) => {
  reply.code(error.statusCode ?? 500).send({ error: error.message, code: error.code });
});
app.get('/api/appointments/video-token/:id/', (request, reply) => {
  const user = callerOf(request);
  const id = Number(request.params.id);
  const appointment = appointmentOf.get(id);
  decide(user, appointment);
  const { room, duration_minutes: duration } = appointment;
  const minutes = Math.min(Math.max(duration + 30, 60), 240);
  const iat = Math.floor(Date.now() / 1000);
  const exp = iat + 60 * minutes;
  const identity = `${user.id}-${user.email}`;
  reply.send({
    access_token: accessToken(identity, room, iat, exp),
    room_name: room,
    user_identity: identity,
    expires_in: exp - iat,
    expires_at: `${new Date(exp * 1000).toISOString().slice(0, 19)}Z`,
    appointment_id: id,
    appointment_duration_minutes: duration,
    token_valid_until: `${minutes} minutes (${Math.floor(minutes / 60)} hours)`,
    region,
    provider: 'twilio',
    connect: { room, region },
  });
});
await app.listen({ path: process.argv[2] });
