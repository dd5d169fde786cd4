// Was die Prüfung fand, in Worten für Patientinnen und Patienten: [was ist, was tun]. Namen von
// Rechnern, Ports und Millisekunden stehen in der Zusammenfassung für den Support (summary.js).

const again = 'Starten Sie dann die Prüfung noch einmal.'
const device = 'Prüfen Sie, ob das Gerät angeschlossen und eingeschaltet ist und kein anderes ' +
  `Programm es benutzt. ${again}`
const network = 'Prüfen Sie Ihre Internetverbindung, oder nehmen Sie ein anderes Netz, zum ' +
  'Beispiel das Ihres Mobiltelefons. Manche Netze sperren Videogespräche.'
const browsers = 'Nehmen Sie einen aktuellen Browser: Chrome, Edge, Firefox oder Safari.'
const clock = 'Schalten Sie in den Einstellungen dieses Geräts Datum und Uhrzeit auf ' +
  `„automatisch“. ${again}`
const support = 'Bitte sagen Sie dem Support Bescheid, und schicken Sie die Zusammenfassung mit.'
const later = 'Versuchen Sie es in einer Minute noch einmal. Bleibt es so, sagen Sie dem Support ' +
  'Bescheid.'
const slow = 'Ihr Termin kann trotzdem stattfinden, mit schlechterem Ton und Bild. Besser ist ' +
  'ein anderes Netz, zum Beispiel das Ihres Mobiltelefons.'

export default {
  browser_ok: ['Ihr Browser hat alles, was ein Videogespräch braucht.'],
  browser_lacks: ['Ihrem Browser fehlt etwas, das ein Videogespräch braucht.', `${browsers} Ist ` +
    'diese Seite in einer anderen App geöffnet, wählen Sie dort „Im Browser öffnen“.'],
  secure_ok: ['Auf dem Weg zu dieser Seite hört niemand mit.'],
  secure_not: ['Diese Seite ist auf dem Weg zu Ihnen nicht geschützt.', 'Öffnen Sie die Seite ' +
    'mit https:// am Anfang ihrer Adresse.'],

  camera_looking: ['Das Bild kommt gleich …'],
  camera_ok: ['Ihre Kamera gibt ein Bild.'],
  camera_black: ['Ihre Kamera ist an, aber ihr Bild ist schwarz.', 'Öffnen Sie den Schieber vor ' +
    'der Linse, oder nehmen Sie die Abdeckung ab; machen Sie Licht, und prüfen Sie, ob eine ' +
    'Taste die Kamera ausgeschaltet hat. Oder wählen Sie eine andere Kamera, wenn es eine gibt.'],
  microphone_listening: ['Bitte sagen Sie ein paar Worte.'],
  microphone_ok: ['Ihr Mikrofon hört Sie.'],
  microphone_silent: ['Ihr Mikrofon ist an, aber es war nichts zu hören.', 'Sagen Sie ein paar ' +
    'Worte. Bewegt sich der Balken nicht: Prüfen Sie, ob das Mikrofon mit einer Taste oder einem ' +
    'Schalter stumm geschaltet ist, stellen Sie es in den Einstellungen dieses Geräts lauter, ' +
    'oder wählen Sie ein anderes, wenn es eines gibt.'],
  microphone_unmeasured: ['Ihr Mikrofon ist an. Ob es Sie hört, sagt dieser Browser nicht.',
    `Hat man Sie schon einmal nicht gehört, versuchen Sie es anders. ${browsers}`],
  media_no: ['Das Gerät startet nicht.', device],
  media_waiting: ['Die Frage Ihres Browsers wurde nicht beantwortet.', 'Beantworten Sie die ' +
    `Frage Ihres Browsers nach Kamera und Mikrofon mit „Zulassen“. ${again}`],
  media_silent: ['Das Gerät ist an, gibt aber nichts.', 'Eine Abdeckung, eine Taste oder eine ' +
    `Einstellung hat es vielleicht ausgeschaltet: Schalten Sie es ein. ${again}`],

  server_ok: ['Der Server antwortet.'],
  server_no: ['Der Server antwortet nicht, wie er soll.', later],
  network_no: ['Von hier aus ist nichts im Internet erreichbar.', network],
  clock_ok: ['Die Uhr geht richtig.'],
  clock_ahead: ['Die Uhr dieses Geräts geht vor.', clock],
  clock_behind: ['Die Uhr dieses Geräts geht nach.', clock],
  clock_unknown: ['Die Uhr war nicht zu vergleichen.', 'Kümmern Sie sich zuerst um den Weg zum ' +
    'Server.'],
  token_ok: ['Sie dürfen in die Sitzung.'],
  token_no: ['Der Zugang wird nicht erteilt.', support],

  signalling_ok: ['Der Videodienst antwortet.'],
  signalling_web_ok: ['Der Videodienst antwortet.'],
  signalling_blocked: ['Etwas sperrt Videogespräche: ein VPN, ein Webfilter oder dieses Netz.',
    'Schalten Sie VPN, Webfilter und Webschutz aus, oder nehmen Sie ein anderes Netz, zum ' +
    'Beispiel das Ihres Mobiltelefons. Oder fragen Sie, wer das Netz betreut: Was zu erlauben ' +
    'ist, steht in der Zusammenfassung.'],
  signalling_unreachable: ['Der Videodienst ist nicht erreichbar.', `${network} Wer das Netz ` +
    'betreut, findet in der Zusammenfassung, was zu erlauben ist.'],
  udp_ok: ['Ton und Bild kommen auf dem schnellen Weg durch.'],
  udp_blocked: ['Der schnelle Weg für Ton und Bild ist in diesem Netz gesperrt.', slow],
  udp_tls: ['Nur der langsame Weg für Ton und Bild ist in diesem Netz offen.', slow],
  udp_nothing: ['Beide Wege für Ton und Bild scheinen in diesem Netz gesperrt.',
    'Nehmen Sie ein anderes Netz, zum Beispiel das Ihres Mobiltelefons. Wer dieses Netz betreut, ' +
    'findet in der Zusammenfassung, was zu erlauben ist.'],
  udp_no: ['Dieser Browser kann das nicht prüfen.', browsers],
  check_broke: ['Das war nicht zu prüfen.', support],
}
