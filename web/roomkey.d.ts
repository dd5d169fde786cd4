// Types of roomkey.js. docs/browser.md is the manual.

export interface RoomKeyOptions {
  /** Where roomkey is: `https://video.clinic.example`. Left out: where roomkey.js came from. */
  baseUrl?: string
  /** The login's bearer token, asked for at each request. Give a function, not a string. */
  bearer?: string | null | (() => string | null | undefined | Promise<string | null | undefined>)
  /** Called once after a 401. Gives the new bearer token, or nothing: then `bearer` is asked again. */
  refreshBearer?: () => string | null | void | Promise<string | null | void>
  /** Seconds until a request is given up (20). */
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
  /** With `refresh` only. */
  refreshed_at?: string
}

export class RoomKeyError extends Error {
  readonly name: 'RoomKeyError'
  /**
   * roomkey's word (`token_expired`), Twilio's number (20104), `stream_` and Stream's number
   * (`stream_40`), the browser's name of a camera's fault (`NotAllowedError`), or one of our own
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
  /** Show it: support finds the request by it. */
  readonly requestId: string | null
}

/** Of twilio-video, as much as is used here. */
export interface TwilioVideo<Room = unknown> {
  connect(token: string, options?: any): PromiseLike<Room>
}

/** twilio-video's ConnectOptions (`name` is roomkey's to give), and these. */
export interface TwilioOptions<Room = unknown> {
  /** Instead of the region that roomkey names. */
  region?: string
  /** Leaves the room, or stops joining it. */
  signal?: AbortSignal
  /** The connection was lost for good, a new one is being made. */
  onReconnecting?: (error: RoomKeyError) => void
  /** This Room takes the place of the one before. */
  onReconnected?: (room: Room) => void
  /** The end: null where the page left by itself. */
  onDisconnected?: (error: RoomKeyError | null) => void
  [option: string]: unknown
}

/** Of @stream-io/video-client's StreamVideoClient, as much as is used here. */
export interface StreamClient<Call = unknown> {
  connectUser(user: any, tokenOrProvider: any): Promise<unknown>
  disconnectUser(timeout?: number): Promise<void>
  call(type: string, id: string): Call
}

export interface StreamOptions<Client = unknown> {
  /** The appointment's room: `room_name`, `video_room_id`. */
  callId: string
  /** `default` where it is left out. */
  callType?: string
  /** What call.join() gets; `create: true` where it says nothing else. */
  join?: object
  /** StreamClientOptions. `logger` is set here: Stream's own would print access tokens. */
  clientOptions?: object
  /** The client of the call that was joined. It is disconnected when the call is left. */
  onClient?: (client: Client) => void
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
  /** Whose doors are tried: `twilio` where it is left out. */
  provider?: 'twilio' | 'stream'
  /** Twilio's region, where no token says it. Without either only the global door is tried. */
  region?: string | null
  /** Stream's API key and call type, where no token's answer says them. */
  apiKey?: string | null
  callType?: string
  /**
   * Other doors than the provider's own. `{region}` and `{apiKey}` are filled in; an address with
   * `{region}` is the check `signalling_region`, any other is `signalling_global`.
   */
  endpoints?: { signalling?: string[], stun?: string[] }
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
  /** By error code. */
  advice?: Record<string, string>
  /** The checks' names. */
  checks?: Partial<Record<Check, string>>
  /** [what was found, what to do]; `{name}` is filled in. Keep a second part where there is one. */
  details?: Record<string, [string] | [string, string]>
}

/** The English words. */
export const texts: Required<Texts>

export class RoomKey {
  constructor(options?: RoomKeyOptions)
  static readonly texts: Required<Texts>

  /** A new access token each time, checked. Use it at once and keep it nowhere. */
  videoToken(id: number | string | bigint,
    options?: { refresh?: boolean, signal?: AbortSignal }): Promise<VideoToken>

  /** Joins the appointment's room, and joins it again with a new token where that is needed. */
  connectTwilio<Room>(Video: TwilioVideo<Room>, id: number | string | bigint,
    options?: TwilioOptions<Room>): Promise<Room>

  /** Joins the call. */
  joinStream<Call, Client extends StreamClient<Call>>(
    StreamVideoClient: new (options: any) => Client & StreamClient<Call>,
    options: StreamOptions<Client>): Promise<Call>

  /** Looks at all that a call needs, within 20 seconds. Doesn't throw for what it finds. */
  diagnose(options?: DiagnoseOptions): Promise<Finding[]>

  /** Any other route of roomkey's, `/api/...`, as its JSON. */
  request(path: string, options?: { method?: string, body?: unknown, signal?: AbortSignal }):
    Promise<any>
}
