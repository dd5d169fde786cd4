// Types of roomkey.js. docs/browser.md is the manual.

export interface RoomKeyOptions {
  /**
   * Where roomkey is: `https://video.clinic.example`. May be left out where roomkey.js is imported
   * from there; in a bundle it is needed.
   */
  baseUrl?: string
  /**
   * The login's bearer token, asked for at each request. Give a function, not a string. Nothing,
   * `''`, `'null'` and `'undefined'` mean that nobody is logged in: no request is sent.
   */
  bearer?: string | null | (() => string | null | undefined | Promise<string | null | undefined>)
  /** Called once after a 401. Gives the new bearer token, or nothing: then `bearer` is asked again. */
  refreshBearer?: () => string | null | void | Promise<string | null | void>
  /** Seconds until a request is given up, and `bearer` or `refreshBearer` are (20). */
  timeout?: number
  /** The longest `Retry-After`, in seconds, that is waited for, twice at most (5; 0: never). */
  maxWait?: number
  /** The words, in another language; what is left out stays English. */
  texts?: Texts
}

export interface VideoToken {
  access_token: string
  room_name: string
  user_identity: string
  expires_in: number
  expires_at: string
  appointment_id: number
  appointment_duration_minutes: number
  token_valid_until: string
  region: string | null
  provider: string
  /** What the provider's SDK needs besides the token. */
  connect: Record<string, unknown>
  /** This person is in the session now, from another device or window, as far as is known. */
  already_connected?: true
  /** With `refresh` only. */
  refreshed_at?: string
}

export class RoomKeyError extends Error {
  readonly name: 'RoomKeyError'
  /**
   * roomkey's word (`token_expired`), Twilio's number (20104), `stream_` and Stream's number
   * (`stream_40`), the others' likewise (`livekit_401`, `jitsi_passwordRequired`, `janus_432`), the
   * browser's name of a camera's fault (`NotAllowedError`), or one of our own
   * (`offline`, `cors`): docs/browser.md has them all.
   */
  readonly code: string | number
  /** Of the HTTP answer; null where there was none. */
  readonly status: number | null
  /** What a person can do about it. `message` is for developers. */
  readonly advice: string
  /** Seconds. */
  readonly retryAfter: number | null
  readonly opensAt: string | null
  readonly closesAt: string | null
  /** Of `waiting`. */
  readonly waitingSince: string | null
  /** Show it: support finds the request by it. */
  readonly requestId: string | null
  /** Of `OverconstrainedError`: what the device can't do. */
  readonly constraint: string | null
  /** Of a camera or microphone: the browser's own error. */
  readonly cause?: unknown
}

/** Of twilio-video, as much as is used here. */
export interface TwilioVideo<Room = unknown, Options = any> {
  connect(token: string, options?: Options): PromiseLike<Room>
}

/** What connectTwilio takes besides twilio-video's own ConnectOptions. */
export interface TwilioOptions<Room = unknown> {
  /** Instead of the region that roomkey names. */
  region?: string
  /** Leaves the room, or stops joining it, or joining it again. Abort it when your page goes. */
  signal?: AbortSignal
  /** The connection was lost for good, a new one is being made. */
  onReconnecting?: (error: RoomKeyError) => void
  /** This Room takes the place of the one before. Its local tracks are the same, as muted. */
  onReconnected?: (room: Room) => void
  /** The end: null where the page left by itself. */
  onDisconnected?: (error: RoomKeyError | null) => void
}

/** An SDK's own options, without those that roomkey gives; any, of an SDK without types. */
type Own<Options, Given extends string> =
  unknown extends Options ? Record<string, unknown> : Omit<NonNullable<Options>, Given>

/** Where the types of twilio-video are not at hand. */
type TwilioNames = 'audio' | 'video' | 'tracks' | 'automaticSubscription' | 'bandwidthProfile' |
  'dominantSpeaker' | 'enableDscp' | 'eventListener' | 'iceServers' | 'iceTransportPolicy' |
  'insights' | 'logLevel' | 'loggerName' | 'maxAudioBitrate' | 'maxVideoBitrate' |
  'networkQuality' | 'notifyWarnings' | 'preferredAudioCodecs' | 'preferredVideoCodecs' |
  'receiveTranscriptions'

/** What the join() of a client's calls takes. */
type Joining<Client> =
  Client extends { call(...given: any[]): { join(options?: infer Options): unknown } }
    ? NonNullable<Options> : object

/**
 * Of @stream-io/video-client's StreamVideoClient, as much as is used here. Where a page makes the
 * client by hand: the user's `id` is the `userId` of roomkey's answer, and no name of your own.
 */
export interface StreamClient<Call = unknown> {
  connectUser(user: any, tokenOrProvider: any): Promise<unknown>
  disconnectUser(timeout?: number): Promise<void>
  call(type: string, id: string): Call
}

export interface StreamOptions<Client = unknown, Join = object, ClientOptions = object> {
  /** The appointment's room: `room_name`, `video_room_id`. */
  callId: string
  /** `default` where it is left out. */
  callType?: string
  /** What call.join() gets; `create: true` where it says nothing else. */
  join?: Join
  /** StreamClientOptions. `logger` is set here: Stream's own would print access tokens. */
  clientOptions?: ClientOptions
  /** The client of the call that was joined. It is disconnected when the call is left. */
  onClient?: (client: Client) => void
  /** Leaves the call, or stops joining it. Abort it when your page goes. */
  signal?: AbortSignal
}

/** What a page has at once, or soon. */
type Soon<SDK> = SDK | Promise<SDK>

/** One of the others in a Janus room. */
export interface JanusPerson {
  readonly id: string
  /** The `user_identity` of their token. */
  readonly name: string
  /** Give it to a `<video>`; tracks come and go in it. */
  readonly stream: MediaStream
}

export type Provider = 'twilio' | 'stream' | 'livekit' | 'jitsi' | 'janus' | 'custom'

/** The SDKs that the page has, or promises of them: only that of the answer's provider is read. */
export interface Sdks {
  /** The module twilio-video. */
  twilio?: Soon<TwilioVideo<any>>
  /** The class of @stream-io/video-client. */
  stream?: Soon<new (options: any) => any>
  /** The module livekit-client. */
  livekit?: Soon<{ Room: new (options?: any) => any, RoomEvent: object }>
  /** JitsiMeetExternalAPI of your Jitsi's external_api.js. */
  jitsi?: Soon<new (domain: string, options: any) => any>
  /** Janus of janus.js. */
  janus?: Soon<{ init(options: any): void }>
  /** Joins with an SDK that roomkey doesn't know; leaves when `signal` says so. */
  custom?: (answer: VideoToken, page: JoinOptions & { signal: AbortSignal }) => unknown
}

export interface JoinOptions {
  /** false: joins without; or what getUserMedia() takes. */
  audio?: boolean | MediaTrackConstraints
  video?: boolean | MediaTrackConstraints
  /** The element that Jitsi gets into. */
  parent?: Element | null
  /** Leaves, or stops joining it, or joining it again. Abort it when your page goes. */
  signal?: AbortSignal
  /** In the waiting room, since then (null where only the provider knows). */
  onWaiting?: (waiting: { since: string | null }) => void
  /**
   * This person is in the session already, from another device or window. true: join all the same,
   * which at most providers puts the other one out. Anything else: join() fails with
   * `already_connected`. Left out, it is not asked.
   */
  onTakeover?: () => boolean | Promise<boolean>
  /** The connection was lost, a new one is being made. */
  onReconnecting?: (error: RoomKeyError) => void
  /** It is there: `native`, which is a new one at Twilio, Jitsi and Janus. */
  onReconnected?: (native: any) => void
  /** The end: null where the page left by itself. */
  onDisconnected?: (error: RoomKeyError | null) => void

  /** twilio-video's own ConnectOptions. */
  twilio?: Record<string, unknown>
  stream?: { join?: object, clientOptions?: object, onClient?: (client: any) => void }
  /** RoomOptions, and RoomConnectOptions. */
  livekit?: { room?: object, connect?: object }
  /** Options of JitsiMeetExternalAPI. */
  jitsi?: Record<string, unknown>
  janus?: {
    iceServers?: RTCIceServer[]
    /** Your own picture and sound. */
    onLocal?: (stream: MediaStream) => void
    /** Whoever is there, at each change. */
    onPeople?: (people: JanusPerson[]) => void
    [more: string]: unknown
  }
}

export interface Visit {
  readonly provider: Provider
  /**
   * Twilio's or LiveKit's Room, Stream's Call, the JitsiMeetExternalAPI, the handle of Janus that
   * sends, or what the function for `custom` gave.
   */
  readonly native: any
  leave(): Promise<void>
}

export interface GuestOptions extends Omit<RoomKeyOptions, 'bearer' | 'refreshBearer'> {
  /** What stands behind `#` in the guest's link. Keep it nowhere, and in no address that is sent. */
  code: string
}

/** Who comes by a link, with a code and no login. */
export interface Guest {
  /** A new access token each time, checked. The first one binds the code to this browser. */
  videoToken(options?: { signal?: AbortSignal }): Promise<VideoToken>
  /** As RoomKey's join(). */
  join(sdks: Sdks, options?: JoinOptions): Promise<Visit>
}

export type Check = 'browser' | 'secure_context' | 'camera' | 'microphone' | 'server' | 'clock' |
  'token' | 'signalling_region' | 'signalling_global' | 'udp'

export interface Finding {
  check: Check
  ok: boolean
  /** What was found. No token, no name of a person or device. */
  detail: string
  /** What to do; empty where it is well. */
  advice: string
}

/** `code` and `requestId` are those of the RoomKeyError of a request that failed. */
export interface Facts {
  readonly code?: string | number
  readonly requestId?: string | null
  readonly host?: string
  readonly [fact: string]: unknown
}

export interface DiagnoseOptions {
  /** With a `bearer`, a token for this appointment is fetched and checked. */
  appointmentId?: number | string | bigint
  /** Whose doors are tried, where no token says it: `twilio` where it is left out. */
  provider?: Provider
  /** Where the doors of your own LiveKit, Jitsi or Janus are, where no token says it. */
  address?: string | null
  /** Twilio's region, where no token says it. Without either only the global door is tried. */
  region?: string | null
  /** Stream's API key and call type, where no token's answer says them. */
  apiKey?: string | null
  callType?: string
  /**
   * Other doors than the provider's own. `{region}` and `{apiKey}` are filled in; an address with
   * `{region}` is the check `signalling_region`, any other is `signalling_global`.
   */
  endpoints?: { signalling?: string[], stun?: string[], turn?: string[] }
  /** false: camera and microphone are left alone. Or which are looked at, as getUserMedia() takes it. */
  media?: boolean | { audio?: MediaTrackConstraints | true, video?: MediaTrackConstraints | true }
  /**
   * Gets each stream that was opened, to show picture and level: one with both tracks, or one each.
   * Say true to keep it, and stop its tracks yourself; all others are stopped at the end.
   */
  onMedia?: (stream: MediaStream) => boolean | void
  /**
   * Each finding as soon as it is there; not in the report's order. `facts` is what the words were
   * made of: for a program, or other words. No token is in it either.
   */
  onProgress?: (finding: Finding, facts: Facts) => void
}

export interface Texts {
  /** Of times, `de`; the browser's where it is left out. */
  locale?: string
  /** By error code. `{time}` is when the session opens or closed. */
  advice?: Record<string, string>
  /** The checks' names. */
  checks?: Partial<Record<Check, string>>
  /** [what was found, what to do]; `{name}` is filled in. Keep a second part where there is one. */
  details?: Record<string, [string] | [string, string]>
}

/** The English words, of what has been loaded so far; `texts.js` beside this file has all. */
export const texts: Required<Omit<Texts, 'locale'>>

export class RoomKey {
  constructor(options?: RoomKeyOptions)
  static readonly texts: Required<Omit<Texts, 'locale'>>

  /** The same for a guest. */
  static guest(options: GuestOptions): Promise<Guest>

  /** A new access token each time, checked. Use it at once and keep it nowhere. */
  videoToken(id: number | string | bigint,
    options?: { refresh?: boolean, signal?: AbortSignal }): Promise<VideoToken>

  /**
   * Joins the appointment at whichever provider it is, with the SDK that the page handed over for it,
   * waits at the door before, and joins again with a new token where that is needed.
   */
  join(id: number | string | bigint, sdks: Sdks, options?: JoinOptions): Promise<Visit>

  /** Joins the appointment's room, and joins it again with a new token where that is needed. */
  connectTwilio<Room, Options>(Video: TwilioVideo<Room, Options>, id: number | string | bigint,
    options?: TwilioOptions<Room> & Own<Options, 'name' | 'region'>): Promise<Room>
  connectTwilio<Room>(Video: TwilioVideo<Room>, id: number | string | bigint,
    options?: TwilioOptions<Room> & { [name in TwilioNames]?: unknown }): Promise<Room>

  /** Joins the call, as the `userId` that roomkey names: the SDK must be given no other. */
  joinStream<Client extends StreamClient, ClientOptions = object>(
    StreamVideoClient: new (options: { apiKey: string, options?: ClientOptions }) => Client,
    options: StreamOptions<Client, Joining<Client>, ClientOptions>):
    Promise<ReturnType<Client['call']>>

  /** Looks at all that a call needs, within 20 seconds. Doesn't throw for what it finds. */
  diagnose(options?: DiagnoseOptions): Promise<Finding[]>

  /** Any other route of roomkey's, `/api/...`, as its JSON. */
  request(path: string, options?: { method?: string, body?: unknown, signal?: AbortSignal }):
    Promise<any>
}
