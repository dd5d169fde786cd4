// The check page in English. `codes` are what was found where a request or a device failed;
// `roomkey` takes the place of words in ../texts.js, which fit a call and not this page.

const again = 'Then run the check again.'
const permit = `Allow it for this page: choose the symbol beside the address, at the top. ${again}`
const device = 'Check that it is plugged in and switched on, and that no other program is using ' +
  `it. ${again}`
const network = 'Check your internet connection, or try another network, for instance your ' +
  'mobile phone\'s. Some networks block video calls.'
const admin = 'For the network\'s administrator: allow'
const login = 'Log in again where you booked your visit, and open this page from there.'
const later = 'Try again in a minute. If it stays so, tell support.'
const support = 'Please tell support, and send the summary below.'

export default {
  name: 'English',

  page: {
    title: 'Check your device for the video visit',
    languages: 'Language',
    start_heading: 'Ready for your visit?',
    lead: 'This takes less than 20 seconds. Your browser will ask for camera and microphone: ' +
      'please allow both. Nothing is recorded.',
    start: 'Start the check',
    checking: 'Checking …',
    start_again: 'Check again',
    progress: 'Progress of the check',
    done_of: '{done} of {all} checked',
    one_bad: 'Found a problem: {check}.',
    well: 'Everything works.',
    well_more: 'You are ready for your video visit. Play the test sound as well, to be sure that ' +
      'you will hear the other person.',
    well_heard: 'You are ready for your video visit.',
    problem: 'One thing needs your attention:',
    problems: '{n} things need your attention:',
    broke: 'The check did not come to its end.',
    broke_more: 'Reload this page and start again. If it stays so, tell support.',

    media_heading: 'Camera and sound',
    picture: 'Picture of your camera',
    no_picture: 'Your picture appears here during the check.',
    level_heading: 'Microphone level',
    level_off: 'The microphone is off.',
    level_quiet: 'Say a few words: the bar should move.',
    level_heard: 'Your microphone hears you.',
    off: 'Switch camera and microphone off',
    speaker_heading: 'Speaker',
    speaker_lead: 'Play a short sound, and say whether you hear it.',
    tone: 'Play the test sound',
    playing: 'Playing …',
    heard: 'Did you hear it?',
    yes: 'Yes, I heard it',
    no: 'No',

    results_heading: 'Results',
    state_waiting: 'Not checked yet',
    state_checking: 'Checking',
    state_ok: 'Works',
    state_bad: 'Problem',
    state_skipped: 'Not checked',
    what_to_do: 'What to do:',
    speaker: 'Speaker',
    speaker_open: 'Play the test sound, and say whether you hear it.',
    speaker_ok: 'You heard the test sound.',
    speaker_bad: 'You did not hear the test sound.',
    speaker_advice: 'Turn the volume up, and check that sound is not muted. With headphones or a ' +
      'Bluetooth device: check that it is connected and chosen as output. Then play the sound ' +
      'again.',
    speaker_none: 'This browser plays no test sound.',
    after_server: 'This needs the server, which was not reached.',
    no_answer: 'Nothing was found out.',
    region_only: 'The video service is reached in general, but not in your region. Please tell ' +
      `support: the region may be set wrong, or your network blocks it. ${admin} wss://{host}.`,
    part_room: 'Room',
    part_region: 'Region',
    part_until: 'Access is good until',
    part_minutes: 'Minutes of the appointment',
    part_none: 'none',

    support_heading: 'For support',
    no_report: 'After the check, a summary to send to support appears here.',
    summary_label: 'Summary of the check',
    summary_hint: 'It holds no name, no e-mail address and no login.',
    copy: 'Copy the summary',
    copied: 'Copied. Paste it into a message to support.',
    not_copied: 'Copying was not allowed. The text is selected: copy it with the keyboard or a ' +
      'long press.',
    login_heading: 'Check the access to an appointment',
    login_lead: 'Usually the clinic\'s page does this for you. Support may ask you to do it here.',
    appointment: 'Number of the appointment',
    bearer: 'Login token',
    login_check: 'Check with this login',
    fault_appointment: 'The number of the appointment is missing: digits only, like 47.',
    fault_bearer: 'The login token is missing.',
    handed: 'Your login was handed over: access to appointment {id} will be checked as well.',
    privacy: 'Picture and sound stay on this device. The login is not stored.',
  },

  codes: {
    NotAllowedError: 'It is not allowed for this page.',
    SecurityError: 'It is not allowed for this page.',
    NotFoundError: 'None was found.',
    NotReadableError: 'It does not start; another program may be using it.',
    AbortError: 'It does not start.',
    OverconstrainedError: 'It cannot do what a call needs.',
    no_media: 'This browser does not give it to this page.',
    media_dismissed: 'Your browser\'s question was closed without an answer.',
    media_system: 'The system does not give it to the browser.',
    media_frame: 'This page is inside another one, which does not pass it on.',
    media_policy: 'This page forbids itself to use it.',
    offline: 'This device is offline.',
    unreachable: 'The server cannot be reached.',
    cors: 'The server does not allow this page to use it.',
    blocked_by_page: 'This page forbids itself to reach the server.',
    timeout: 'The server does not answer in time.',
    not_roomkey: 'Something else answered instead of the server.',
    bearer_malformed: 'This is no login token.',
    authentication_required: 'The server asks for a login.',
    token_expired: 'Your login has expired.',
    invalid_token: 'The server does not accept this login.',
    user_unknown: 'The video service does not know you, or no longer.',
    permission_denied: 'You have no part in this appointment.',
    removed: 'You were put out of this session.',
    too_early: 'It is too early to join.',
    too_late: 'This session is over.',
    appointment_not_found: 'There is no such appointment.',
    room_not_found: 'This appointment has no video room yet.',
    not_telehealth: 'This appointment is not a video visit.',
    appointment_closed: 'This appointment was cancelled, or is over.',
    rate_limited: 'The server has too many requests.',
    token_failed: 'The server could not make an access token.',
    provider_not_configured: 'The video service is not set up.',
    provider_unavailable: 'The video service does not answer.',
    worker_unavailable: 'The server is there, but busy or out of order.',
    store_unavailable: 'The server is there, but busy or out of order.',
    internal_error: 'The server had a fault.',
    bad_token: 'The access token is not what was announced.',
    token_lapsed: 'The new access has expired already.',
    stale: 'Something handed out an old answer.',
    unknown: 'It failed.',
    other: 'It failed ({code}).',
  },

  roomkey: {
    advice: {
      NotAllowedError: permit,
      SecurityError: permit,
      NotFoundError: `Plug one in, or switch it on in the device's settings. ${again}`,
      NotReadableError: device,
      AbortError: device,
      OverconstrainedError: `Choose another one in the browser's settings. ${again}`,
      authentication_required: login,
      token_expired: login,
      invalid_token: `${login} If that does not help, tell support.`,
      bearer_missing: login,
      bearer_malformed: 'Copy the token alone, whole and without quotes, and enter it again.',
      permission_denied: 'Check that you are logged in as the right person, and that the number ' +
        'of the appointment is right.',
      user_unknown: support,
      removed: 'Please call the practice.',
      too_early: 'Come back when the session opens{time}.',
      too_late: 'Please call the practice, and ask for a new appointment.',
      appointment_not_found: 'Check the link. A booking made just now may take a minute to ' +
        'get here.',
      room_not_found: 'Please call the practice.',
      not_telehealth: 'Please call the practice.',
      offline: `Connect this device to the internet. ${again}`,
      unreachable: network,
      timeout: network,
      not_roomkey: 'In a hotel, a train or a guest network, open any web page and log in to the ' +
        `network first. ${again}`,
      token_lapsed: 'The server\'s clock is wrong: please tell support.',
      provider_unavailable: later,
      appointment_closed: 'Call the practice, and ask for a new appointment if you need one.',
      rate_limited: 'Wait a minute. Then run the check again.',
      worker_unavailable: later,
      store_unavailable: later,
      internal_error: later,
      unknown: support,
      http_4xx: support,
      http_5xx: later,
    },
    checks: {
      browser: 'Browser',
      camera: 'Camera',
      microphone: 'Microphone',
      secure_context: 'Secure connection',
      server: 'Way to the server',
      clock: 'Clock of this device',
      token: 'Access to the appointment',
      signalling_region: 'Video service in your region',
      signalling_global: 'Video service',
      udp: 'Way for sound and picture (UDP)',
    },
    details: {
      browser_ok: ['Your browser has everything that a video call needs.'],
      browser_lacks: ['Your browser lacks {what}.', 'Use a current Chrome, Edge, Firefox or ' +
        'Safari. If this page is open inside another app, choose “Open in browser” there.'],
      secure_ok: ['The page came over https.'],
      secure_not: ['The page did not come over https.', 'Open this page with https:// at the ' +
        'beginning of its address.'],
      camera_ok: ['Your camera gives a picture of {width} × {height} points.'],
      microphone_ok: ['Your microphone is on.'],
      media_no: ['It does not start.', device],
      media_waiting: ['Your browser\'s question was not answered.', 'Answer your browser\'s ' +
        `question for camera and microphone with “Allow”. ${again}`],
      media_silent: ['It is on, but gives nothing.', 'A cover, a key or a setting may have ' +
        `switched it off: switch it on. ${again}`],
      server_ok: ['The server answers in {ms} ms.'],
      server_no: ['The server does not answer as it should.', later],
      clock_ok: ['The clock is right, within {seconds} s.'],
      clock_ahead: ['The clock is {seconds} s ahead.', 'In this device\'s settings, switch on ' +
        `automatic date and time. ${again}`],
      clock_behind: ['The clock is {seconds} s behind.', 'In this device\'s settings, switch on ' +
        `automatic date and time. ${again}`],
      clock_unknown: ['The clock could not be compared.', 'See to the way to the server first.'],
      token_ok: ['Access to the appointment is given.'],
      token_no: ['Access is not given.', support],
      signalling_ok: ['{host} connects in {ms} ms.'],
      signalling_web_ok: ['{host} is reached.'],
      signalling_blocked: ['Web pages of {host} get through, calls (WebSocket) do not.', 'Switch ' +
        'off VPN, web filter and web protection, or try another network. ' +
        `${admin} wss://{host}.`],
      signalling_unreachable: ['{host} cannot be reached.', `${network} ${admin} wss://{host}.`],
      udp_ok: ['Sound and picture get through on the fast way.'],
      udp_blocked: ['The fast way for sound and picture is blocked.', 'A call may work all the ' +
        `same, with worse sound and picture. Try another network. ${admin} {allow}.`],
      udp_tls: ['The fast way for sound and picture is blocked, the slow one (TLS) is open.',
        'A call works all the same, with worse sound and picture. Try another network. ' +
        `${admin} {allow}.`],
      udp_nothing: ['Both ways for sound and picture are blocked.', 'A call will have neither ' +
        `here. Try another network. ${admin} {allow}.`],
      udp_no: ['This browser cannot try it.', 'Use a current Chrome, Edge, Firefox or Safari.'],
    },
  },
}
