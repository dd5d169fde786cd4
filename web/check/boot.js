// Says it where the page's own modules don't come, or where the browser can't read them. Written
// for the browsers that can't, and loaded before them.

(function () {
  var byId = function (id) { return document.getElementById(id) }

  function fail(id) {
    if (!byId('loading')) return
    byId('loading').className = 'failed'
    byId(id).hidden = false
  }

  // Of a module that failed, and of what a module threw before the page was there.
  addEventListener('error', function (event) {
    fail(event.target === window ? 'outdated' : 'incomplete')
  }, true)
  addEventListener('unhandledrejection', function () { fail('outdated') })
  byId('reload').addEventListener('click', function () { location.reload() })
  if (!('noModule' in document.createElement('script'))) fail('outdated')
})()
