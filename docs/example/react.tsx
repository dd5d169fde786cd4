// An appointment's call in React, with Twilio and with Stream. README.md beside it says how to use it.
//
// React's StrictMode runs each effect twice, and a page may be left while it still joins: each effect
// has a signal of its own, and aborts it when it ends. So there is one client and one join.

import { StreamVideoClient, type Call } from '@stream-io/video-client'
import { useEffect, useRef, useState } from 'react'
import * as Video from 'twilio-video'
import { RoomKey, RoomKeyError } from '../../web/roomkey.js'

const rk = new RoomKey({
  baseUrl: 'https://video.clinic.example',
  bearer: () => localStorage.getItem('access_token'),
})

// advice is for the patient; code and request id are what support asks for.
function Failure({ error }: { error: RoomKeyError }) {
  return <p role="alert">{error.advice} <small>({error.code}, {error.requestId})</small></p>
}

const asRoomKeyError = (error: unknown) => {
  if (error instanceof RoomKeyError) return error
  throw error
}

// Whoever has no camera, or one that another program holds, comes in with sound alone.
const withoutPicture = ['NotFoundError', 'NotReadableError', 'AbortError', 'OverconstrainedError']

async function joinWithWhatIsThere<Joined>(join: (picture: boolean) => Promise<Joined>) {
  try {
    return await join(true)
  } catch (error) {
    if (!(error instanceof RoomKeyError && withoutPicture.includes(String(error.code)))) throw error
    return join(false)
  }
}

// The cameras, by name. A browser names them once it has been allowed one.
function CameraChoice({ onChoice }: { onChoice: (deviceId: string) => void }) {
  const [cameras, setCameras] = useState<MediaDeviceInfo[]>([])
  useEffect(() => {
    const { mediaDevices } = navigator
    const look = async () => {
      const all = await mediaDevices.enumerateDevices()
      setCameras(all.filter(({ kind }) => kind === 'videoinput'))
    }
    look()
    mediaDevices.addEventListener('devicechange', look)
    return () => mediaDevices.removeEventListener('devicechange', look)
  }, [])
  return (
    <select aria-label="Camera" onChange={({ target }) => onChoice(target.value)}>
      {cameras.map(({ deviceId, label }) => (
        <option key={deviceId} value={deviceId}>{label}</option>
      ))}
    </select>
  )
}

export function TwilioCall({ appointmentId }: { appointmentId: number }) {
  const [room, setRoom] = useState<Video.Room | null>(null)
  const [error, setError] = useState<RoomKeyError | null>(null)
  const [away, setAway] = useState(false)

  useEffect(() => {
    const leaving = new AbortController()
    const { signal } = leaving
    joinWithWhatIsThere((picture) =>
      rk.connectTwilio(Video, appointmentId, {
        audio: true,
        video: picture,
        signal,
        onReconnecting: () => setAway(true),
        // The Room is another one; the tracks in it are the same, as muted as they were.
        onReconnected: (next) => {
          setAway(false)
          setRoom(next)
        },
        onDisconnected: (why) => {
          setRoom(null)
          setError(why)
        },
      }))
      .then(setRoom, (why) => { if (!signal.aborted) setError(asRoomKeyError(why)) })
    return () => leaving.abort()
  }, [appointmentId])

  // On the same track: so the choice stays when the call is joined again.
  const choose = async (deviceId: string) => {
    for (const { track } of room?.localParticipant.videoTracks.values() ?? []) {
      await track.restart({ deviceId: { exact: deviceId } })
    }
  }

  if (error) return <Failure error={error} />
  if (!room) return <p role="status">Joining …</p>
  return (
    <section>
      {away && <p role="status">The connection was lost, joining again …</p>}
      <CameraChoice onChoice={choose} />
      {[...room.participants.values()].map((person) => <Person key={person.sid} person={person} />)}
      <button onClick={() => room.disconnect()}>Leave</button>
    </section>
  )
}

function Person({ person }: { person: Video.RemoteParticipant }) {
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const here = place.current
    let gone = false
    const attach = (track: Video.RemoteTrack) => {
      if (!gone && track.kind !== 'data') here?.append(track.attach())
    }
    for (const { track } of person.tracks.values()) if (track) attach(track)
    person.on('trackSubscribed', attach)
    return () => {
      gone = true
      here?.replaceChildren()
    }
  }, [person])
  return <div ref={place} />
}

export function StreamCall({ room }: { room: string }) {
  const [call, setCall] = useState<Call | null>(null)
  const [error, setError] = useState<RoomKeyError | null>(null)

  useEffect(() => {
    const leaving = new AbortController()
    const { signal } = leaving
    // No `user` and no `userId`: joinStream gives the SDK the one that roomkey names.
    rk.joinStream(StreamVideoClient, { callId: room, signal })
      .then(setCall, (why) => { if (!signal.aborted) setError(asRoomKeyError(why)) })
    return () => leaving.abort()
  }, [room])

  useEffect(() => {
    call?.microphone.enable().catch(() => {})
    call?.camera.enable().catch(() => {}) // with sound alone, where there is none
  }, [call])

  if (error) return <Failure error={error} />
  if (!call) return <p role="status">Joining …</p>
  return (
    <section>
      <CameraChoice onChoice={(deviceId) => call.camera.select(deviceId)} />
      <button onClick={() => call.leave()}>Leave</button>
    </section>
  )
}
