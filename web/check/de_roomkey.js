// Alle Worte von ../texts.js auf Deutsch, auch für ein Frontend.

const again = 'Starten Sie dann die Prüfung noch einmal.'
const permit = 'Erlauben Sie den Zugriff für diese Seite: über das Symbol neben der Adresse, ' +
  `ganz oben. ${again}`
const device = 'Prüfen Sie, ob das Gerät angeschlossen und eingeschaltet ist und kein anderes ' +
  `Programm es benutzt. ${again}`
const network = 'Prüfen Sie Ihre Internetverbindung, oder nehmen Sie ein anderes Netz, zum ' +
  'Beispiel das Ihres Mobiltelefons. Manche Netze sperren Videogespräche.'
export const admin = 'Für die Netzwerkverwaltung: Erlauben Sie'
const login = 'Melden Sie sich dort neu an, wo Sie Ihren Termin gebucht haben, und öffnen Sie ' +
  'diese Seite von dort aus.'
const later = 'Versuchen Sie es in einer Minute noch einmal. Bleibt es so, sagen Sie dem Support ' +
  'Bescheid.'
const support = 'Bitte sagen Sie dem Support Bescheid; ein neuer Versuch hilft nicht.'
const setup = 'Der Videodienst ist falsch eingerichtet. Bitte sagen Sie dem Support Bescheid.'
const expired = 'Ihr Zugang ist abgelaufen. Treten Sie noch einmal bei.'
const practice = 'Bitte rufen Sie in der Praxis an.'
const early = `Der Zugang gilt noch nicht: Die Uhr des Servers geht vor. ${support}`
const gone = 'Die Sitzung gibt es nicht (mehr). Treten Sie von der Seite des Termins aus neu bei.'
const browsers = 'Nehmen Sie einen aktuellen Browser: Chrome, Edge, Firefox oder Safari.'
const clock = 'Schalten Sie in den Einstellungen dieses Geräts Datum und Uhrzeit auf ' +
  `„automatisch“. ${again}`
const refused = 'Der Videodienst nimmt den Zugang nicht an: Er ist abgelaufen, oder der Dienst ist ' +
  'falsch eingerichtet. Treten Sie neu bei; bleibt es so, sagen Sie dem Support Bescheid.'
const lost = `Die Verbindung zum Videodienst ging verloren. ${network}`
const slow = `Der Videodienst antwortet nicht rechtzeitig. ${network}`
const away = `Der Videodienst ist nicht erreichbar. ${network}`
const media = `Ton und Bild kommen nicht durch. ${network}`
const full = 'Die Sitzung ist voll. Schließen Sie sie in anderen Fenstern und auf anderen ' +
  'Geräten, und treten Sie dann neu bei.'
const elsewhere = 'Sie sind von einem anderen Fenster oder Gerät aus beigetreten, daher endete es ' +
  'hier. Machen Sie dort weiter, oder treten Sie hier neu bei.'
const ended = 'Die Sitzung wurde beendet.'

export default {
  locale: 'de',
  advice: {
    authentication_required: login,
    token_expired: login,
    invalid_token: `${login} Hilft das nicht, sagen Sie dem Support Bescheid.`,
    user_unknown: support,
    permission_denied: 'Prüfen Sie, ob Sie als die richtige Person angemeldet sind und die ' +
      'Nummer des Termins stimmt.',
    removed: practice,
    denied: practice,
    guest_not_found: 'Bitten Sie die Praxis um einen neuen Link.',
    too_many_guests: 'Es sind schon acht Gäste eingeladen: Ziehen Sie den Link von jemandem zurück, ' +
      'der nicht kommt.',
    guest_elsewhere: 'Machen Sie dort weiter, oder bitten Sie die Praxis, den Link für dieses Gerät ' +
      'freizugeben.',
    already_connected: 'Sie sind auf einem anderen Gerät oder in einem anderen Fenster in dieser ' +
      'Sitzung. Machen Sie dort weiter.',
    waiting: 'Vor dem Termin ist das in Ordnung. Treten Sie bei, wenn es so weit ist.',
    too_early: 'Kommen Sie wieder, wenn die Sitzung öffnet{time}.',
    too_late: 'Die Sitzung ist vorbei{time}. Bitte rufen Sie in der Praxis an, und bitten Sie um ' +
      'einen neuen Termin.',
    no_open_appointment: 'Kommen Sie wieder, wenn eine Ihrer Sitzungen ansteht.',
    bad_signature: support,
    appointment_not_found: 'Prüfen Sie den Link. Ein Termin, der eben erst gebucht wurde, ' +
      'braucht vielleicht eine Minute, bis er hier ankommt.',
    room_not_found: practice,
    participant_not_found: 'Diese Person war nicht in der Sitzung.',
    not_found: support,
    method_not_allowed: support,
    appointment_closed: 'Rufen Sie in der Praxis an, und bitten Sie um einen neuen Termin, ' +
      'wenn Sie einen brauchen.',
    bad_request: support,
    not_telehealth: practice,
    invalid_fields: support,
    payload_too_large: support,
    rate_limited: `Warten Sie eine Minute. ${again}`,
    token_failed: setup,
    provider_not_configured: setup,
    internal_error: later,
    provider_unavailable: later,
    worker_unavailable: later,
    store_unavailable: later,
    http_4xx: support,
    http_5xx: later,

    offline: `Verbinden Sie dieses Gerät mit dem Internet. ${again}`,
    unreachable: network,
    cors: 'Bitte sagen Sie dem Support Bescheid (die Adresse der Seite fehlt in der Liste der ' +
      'Origins des Servers).',
    blocked_by_page: 'Bitte sagen Sie dem Support Bescheid (Content-Security-Policy).',
    timeout: network,
    aborted: 'Der Beitritt wurde abgebrochen.',
    not_roomkey: 'Öffnen Sie im Hotel, im Zug oder im Gastnetz zuerst irgendeine Webseite, und ' +
      'melden Sie sich im Netz an; versuchen Sie es dann noch einmal.',
    bearer_missing: login,
    bearer_malformed: 'Kopieren Sie nur den Token, ganz und ohne Anführungszeichen, und geben ' +
      'Sie ihn noch einmal ein.',
    bad_token: support,
    token_lapsed: 'Die Uhr des Servers geht falsch: Bitte sagen Sie dem Support Bescheid.',
    stale: `Schließen Sie alle Fenster dieser Seite, und öffnen Sie sie neu. ${again}`,

    20101: setup,
    20102: setup,
    20103: `${setup} (Konto oder API-Schlüssel des Zugangs stimmen nicht.)`,
    20104: expired,
    20105: early,
    20106: setup,
    20107: `${setup} (Das API-Geheimnis stimmt nicht.)`,
    53000: lost,
    53001: lost,
    53002: slow,
    53006: 'Der Videodienst ist überlastet. Warten Sie eine Minute, und treten Sie dann neu bei.',
    53105: full,
    53106: gone,
    53116: setup,
    53118: ended,
    53200: support,
    53201: support,
    53204: 'Sie sind nicht mehr in der Sitzung. Treten Sie neu bei.',
    53205: elsewhere,
    53206: 'Die Sitzung lässt das nicht zu. Bitte sagen Sie dem Support Bescheid.',
    53400: `Ton und Bild ließen sich nicht einrichten. ${browsers} ${later}`,
    53402: `Ton und Bild ließen sich nicht einrichten. ${browsers} ${later}`,
    53404: `Diesem Browser fehlt das Bildformat der Sitzung. ${browsers}`,
    53405: media,
    53407: media,
    53500: `Der Videodienst ließ sich nicht vorbereiten. ${network}`,
    53501: `Der Videodienst ließ sich nicht vorbereiten. ${network}`,
    twilio: later,

    stream_2: setup,
    stream_4: setup,
    stream_5: setup,
    stream_9: 'Zu viele Versuche. Warten Sie eine Minute, und versuchen Sie es dann noch einmal.',
    stream_16: gone,
    stream_17: 'Sie dürfen dieser Sitzung nicht beitreten. Bitte sagen Sie dem Support Bescheid.',
    stream_40: expired,
    stream_41: early,
    stream_42: early,
    stream_43: `${setup} (Das API-Geheimnis stimmt nicht.)`,
    stream: later,
    stream_network: `Die Verbindung zum Videodienst kam nicht zustande. ${network}`,

    livekit_401: refused,
    livekit_404: gone,
    livekit_unreachable: away,
    livekit_timeout: slow,
    livekit_media: media,
    livekit_elsewhere: elsewhere,
    livekit_old: support,
    livekit_lost: lost,
    livekit: later,

    jitsi_passwordRequired: refused,
    jitsi_authenticationFailed: refused,
    jitsi_authenticationRequired: refused,
    jitsi_notAllowedError: refused,
    jitsi_accessDenied: `Sie wurden nicht eingelassen. ${practice}`,
    jitsi_maxUsersLimitReached: full,
    jitsi_lost: lost,
    jitsi_timeout: slow,

    janus_403: `${setup} (Der Zugang gilt nicht: Das Geheimnis oder die Uhr stimmt nicht.)`,
    janus_426: gone,
    janus_432: full,
    janus_433: `${setup} (Der Zugang zum Raum gilt nicht.)`,
    janus_unreachable: away,
    janus_lost: lost,
    janus_timeout: slow,
    janus_media: media,

    sdk_missing: `Dieser Seite fehlt, was die Sitzung braucht. ${support}`,
    moved: 'Die Sitzung geht an anderer Stelle weiter. Treten Sie neu bei.',
    ended,

    NotAllowedError: permit,
    SecurityError: permit,
    media_dismissed: 'Beantworten Sie die Frage Ihres Browsers nach Kamera und Mikrofon mit ' +
      `„Zulassen“. ${again}`,
    media_system: 'Erlauben Sie Kamera und Mikrofon für diesen Browser in den Einstellungen des ' +
      `Systems, unter Datenschutz, und starten Sie ihn neu. ${again}`,
    media_frame: 'Öffnen Sie die Seite in einem eigenen Fenster, oder sagen Sie dem Support ' +
      'Bescheid (dem Rahmen fehlt allow="camera; microphone").',
    media_policy: `${support} (Permissions-Policy)`,
    NotFoundError: `Schließen Sie eines an, oder schalten Sie es im System ein. ${again}`,
    NotReadableError: device,
    AbortError: device,
    OverconstrainedError: `Wählen Sie in den Einstellungen des Browsers ein anderes. ${again}`,
    no_media: `${browsers} Die Adresse der Seite muss mit https beginnen.`,
    unknown: later,
  },
  checks: {
    browser: 'Browser',
    secure_context: 'Sichere Verbindung',
    camera: 'Kamera',
    microphone: 'Mikrofon',
    server: 'Weg zum Server',
    clock: 'Uhr dieses Geräts',
    token: 'Zugang zum Termin',
    signalling_region: 'Videodienst in Ihrer Region',
    signalling_global: 'Videodienst',
    udp: 'Weg für Ton und Bild (UDP)',
  },
  details: {
    browser_ok: ['Ihr Browser hat alles, was ein Videogespräch braucht.'],
    browser_lacks: ['Ihrem Browser fehlt: {what}.', `${browsers} Ist diese Seite in einer ` +
      'anderen App geöffnet, wählen Sie dort „Im Browser öffnen“.'],
    secure_ok: ['Die Seite kam über https.'],
    secure_not: ['Die Seite kam nicht über https.', 'Öffnen Sie die Seite mit https:// am ' +
      'Anfang ihrer Adresse.'],
    camera_ok: ['Ihre Kamera gibt ein Bild von {width} × {height} Punkten.'],
    microphone_ok: ['Ihr Mikrofon ist an.'],
    media_no: ['Das Gerät startet nicht.', device],
    media_waiting: ['Die Frage Ihres Browsers wurde nicht beantwortet.', 'Beantworten Sie die ' +
      `Frage Ihres Browsers nach Kamera und Mikrofon mit „Zulassen“. ${again}`],
    media_silent: ['Das Gerät ist an, gibt aber nichts.', 'Eine Abdeckung, eine Taste oder ' +
      `eine Einstellung hat es vielleicht ausgeschaltet: Schalten Sie es ein. ${again}`],
    server_ok: ['Der Server antwortet in {ms} ms.'],
    server_no: ['Der Server antwortet nicht, wie er soll.', later],
    clock_ok: ['Die Uhr geht richtig, auf {seconds} s genau.'],
    clock_ahead: ['Die Uhr geht {seconds} s vor.', clock],
    clock_behind: ['Die Uhr geht {seconds} s nach.', clock],
    clock_unknown: ['Die Uhr war nicht zu vergleichen.', 'Kümmern Sie sich zuerst um den Weg ' +
      'zum Server.'],
    token_ok: ['Der Zugang zum Termin wird erteilt.'],
    token_no: ['Der Zugang wird nicht erteilt.', support],
    signalling_ok: ['{host} verbindet in {ms} ms.'],
    signalling_web_ok: ['{host} ist erreichbar.'],
    signalling_blocked: ['Webseiten von {host} kommen durch, Gespräche (WebSocket) nicht.',
      'Schalten Sie VPN, Webfilter und Webschutz aus, oder nehmen Sie ein anderes Netz. ' +
      `${admin} wss://{host}.`],
    signalling_unreachable: ['{host} ist nicht erreichbar.', `${network} ${admin} wss://{host}.`],
    udp_ok: ['Ton und Bild kommen auf dem schnellen Weg durch.'],
    udp_blocked: ['Der schnelle Weg für Ton und Bild ist gesperrt.', 'Ein Gespräch geht ' +
      'vielleicht trotzdem, mit schlechterem Ton und Bild. Nehmen Sie ein anderes Netz. ' +
      `${admin} {allow}.`],
    udp_tls: ['Der schnelle Weg für Ton und Bild ist gesperrt, der langsame (TLS) ist offen.',
      'Ein Gespräch geht trotzdem, mit schlechterem Ton und Bild. Nehmen Sie ein anderes Netz. ' +
      `${admin} {allow}.`],
    udp_nothing: ['Beide Wege für Ton und Bild sind gesperrt.', 'Ein Gespräch bleibt hier ohne ' +
      `Ton und Bild. Nehmen Sie ein anderes Netz. ${admin} {allow}.`],
    check_broke: ['Das ließ sich nicht prüfen: {message}', later],
    udp_no: ['Dieser Browser kann das nicht prüfen.', browsers],
  },
}
