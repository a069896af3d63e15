/* An enhancement only: every page is complete without it. What happens meanwhile, keys, drafts, a sign of life. */
(function () {
  'use strict';
  var body = document.body, home = body.getAttribute('data-home'), csrf = body.getAttribute('data-csrf');
  var watched = body.getAttribute('data-live') || '', number = body.getAttribute('data-case') || '';
  if (home === null) { return; }
  function all(selector, root) { return Array.prototype.slice.call((root || document).querySelectorAll(selector)); }
  function typing(node) { return node && (/^(INPUT|TEXTAREA|SELECT)$/.test(node.tagName) && node.type !== 'checkbox' || node.isContentEditable); }

  /* Live: the page is asked for again, and what is marked as a region is replaced. */
  var status = document.getElementById('live'), wait = 0, again = false, loading = false;
  function say(what) { if (status) { status.textContent = status.getAttribute('data-' + what); } }
  function keep(region) {
    var state = {};
    all('input[type=checkbox]', region).forEach(function (box) { if (box.value && box.checked) { state[box.value] = true; } });
    return state;
  }
  /* What differs in every page: the names of forms, the version. */
  function plain(region) { return region.innerHTML.replace(/(name="(once|seen)" value=)"[^"]*"/g, '$1').replace(/<details[^>]*>/g, '<details>'); }
  /* Somebody writes here, or has chosen something that is not sent yet. */
  function touched(region) {
    if (region.contains(document.activeElement) && typing(document.activeElement)) { return true; }
    return all('input:not([type=hidden]):not([type=checkbox]), textarea, option', region).some(function (one) {
      return one.tagName === 'OPTION' ? one.selected !== one.defaultSelected && one.parentNode.querySelector('[selected]') : one.type === 'radio' ? one.checked !== one.defaultChecked : one.value !== one.defaultValue;
    });
  }
  function same(focused, region) {
    if (focused.id) { return document.getElementById(focused.id); }
    return all(focused.tagName, region).filter(function (one) { return one.getAttribute('href') === focused.getAttribute('href') && one.textContent.split(' ')[0] === focused.textContent.split(' ')[0]; })[0];
  }
  function begun(form) { return all('textarea', form).some(function (area) { return area.value; }); }
  function swap(doc) {
    all('[data-region]').forEach(function (old) {
      var fresh = doc.getElementById(old.id), focused = old.contains(document.activeElement) ? document.activeElement : null;
      if (!fresh || plain(fresh) === plain(old) || touched(old)) { return; }
      var state = keep(old), low = old.scrollHeight - old.scrollTop - old.clientHeight < 60, top = old.scrollTop;
      var opened = all('details', old).map(function (box) { return box.open; });
      while (old.firstChild) { old.removeChild(old.firstChild); }
      while (fresh.firstChild) { old.appendChild(document.adoptNode(fresh.firstChild)); }
      all('input[type=checkbox]', old).forEach(function (box) { if (state[box.value]) { box.checked = true; } });
      all('details', old).forEach(function (box, at) { box.open = box.open || !!opened[at]; });
      var again = focused && focused !== old ? same(focused, old) : null;
      if (again) { again.focus({ preventScroll: true }); }
      old.scrollTop = low ? old.scrollHeight : top;
    });
    var seen = doc.body.getAttribute('data-version');
    var acted = +doc.body.getAttribute('data-acted');
    /* What a resident adds stands on the page now. What a colleague did must be seen before words that were begun earlier are sent. */
    if (seen) { all('input[name=seen]').forEach(function (field) { if (!(begun(field.form) && acted > +field.value)) { field.value = seen; } }); }
    alarm(doc);
  }
  function alarm(doc) {
    var alarms = document.getElementById('alarms'), news = doc.getElementById('alarms');
    if (alarms && news && news.innerHTML !== alarms.innerHTML) { alarms.innerHTML = ''; while (news.firstChild) { alarms.appendChild(document.adoptNode(news.firstChild)); } }
  }
  /* A page that answers a form that was refused stands at the form's address, which cannot be asked for. */
  var at = location.pathname.replace(/(\/(?:case|broadcasts)\/\d+)\/\w+$/, '$1') === location.pathname ? location.href : location.pathname.replace(/\/\w+$/, '');
  function parsed(answer) {
    if (!answer.ok || answer.redirected) { throw new Error('no page'); }
    return answer.text().then(function (html) { return new DOMParser().parseFromString(html, 'text/html'); });
  }
  var ringing = 0;
  function ring() {
    clearTimeout(ringing);
    ringing = setTimeout(function () { fetch(home + '/alarms', { credentials: 'same-origin' }).then(parsed).then(alarm).catch(function () { /* with the next one */ }); }, 300);
  }
  function load() {
    if (loading) { again = true; return; }
    loading = true;
    fetch(at, { credentials: 'same-origin', headers: { 'X-Live': '1' } }).then(parsed).then(swap).catch(function () { say('off'); }).then(function () {
      loading = false;
      if (again) { again = false; soon(); }
    });
  }
  function soon() { clearTimeout(wait); wait = setTimeout(load, 150); }
  function beep() {
    try {
      var sound = new (window.AudioContext || window.webkitAudioContext)(), tone = sound.createOscillator(), gain = sound.createGain();
      if (sound.state !== 'running') { return; }
      gain.gain.value = 0.08; tone.frequency.value = 880; tone.connect(gain); gain.connect(sound.destination); tone.start(); tone.stop(sound.currentTime + 0.25);
    } catch (error) { /* no sound, then */ }
  }
  if (document.getElementById('alarms') && window.EventSource && window.fetch && window.DOMParser) {
    var source = new EventSource(home + '/events');
    source.onopen = function () { if (watched) { say('on'); } };
    source.onerror = function () { if (watched) { say('off'); } };
    /* What happened between this page and the stream, or while it was broken. */
    source.addEventListener('begin', watched ? soon : ring);
    source.addEventListener('change', function (event) {
      var news = JSON.parse(event.data);
      /* A danger is seen on every page: one that is new, and one that somebody took. */
      if (watched !== 'queue' && (news.opened.length || document.querySelector('#alarms a') && news.cases.length)) { ring(); }
      if (!watched) { return; }
      if (watched === 'case' ? news.cases.concat(news.said).indexOf(+number) >= 0 : news.cases.length) { soon(); }
      if (watched === 'queue' && news.opened.length) { beep(); }
    });
    window.addEventListener('pagehide', function () { source.close(); });
  }

  /* What moves without a case: looked at again while somebody sees it. */
  var every = +body.getAttribute('data-every');
  if (every && window.fetch && window.DOMParser) { say('on'); setInterval(function () { if (!document.hidden) { load(); } }, every * 1000); }

  /* A sign of life, and who else looks at the case. */
  var others = document.getElementById('others');
  var acted = true; /* opening the page is a sign of life; that it stays open is none */
  ['keydown', 'pointerdown', 'pointermove', 'wheel', 'input'].forEach(function (kind) { document.addEventListener(kind, function () { acted = true; }, { passive: true }); });
  function here() {
    if (document.hidden) { return; }
    var told = new URLSearchParams({ active: acted ? '1' : '' });
    acted = false;
    fetch(home + '/case/' + number + '/here', { method: 'POST', credentials: 'same-origin', headers: { 'X-CSRF-Token': csrf }, body: told }).then(function (answer) { return answer.json(); }).then(function (told) {
      if (others && others.textContent !== told.others) { others.textContent = told.others; }
    }).catch(function () { say('off'); });
  }
  if (number && window.fetch) { setInterval(here, 10000); }

  var talk = document.getElementById('conversation');
  if (talk) { talk.scrollTop = talk.scrollHeight; }

  /* Drafts stay with the tab until they have arrived: whoever was signed out meanwhile finds the words again. */
  var arrived = document.querySelector('.done');
  try {
    if (arrived) { Object.keys(sessionStorage).forEach(function (key) { if (key.indexOf('sent:') === 0) { sessionStorage.removeItem(key); } }); }
  } catch (error) { /* a browser that keeps nothing */ }
  all('textarea[data-draft]').forEach(function (area) {
    var key = 'draft:' + area.getAttribute('data-draft');
    try {
      var kept = sessionStorage.getItem(key) || sessionStorage.getItem('sent:' + key);
      if (!area.value && kept) { area.value = kept; }
      area.addEventListener('input', function () { sessionStorage.setItem(key, area.value); });
      area.form.addEventListener('submit', function () { sessionStorage.setItem('sent:' + key, area.value); sessionStorage.removeItem(key); });
    } catch (error) { /* a browser that keeps nothing */ }
  });
  all('form[action$="/logout"]').forEach(function (form) {
    form.addEventListener('submit', function () { try { sessionStorage.clear(); } catch (error) { /* nothing was kept */ } });
  });

  /* Ready sentences go in where the cursor stands. */
  document.addEventListener('change', function (event) {
    var list = event.target;
    if (!list.hasAttribute || !list.hasAttribute('data-into')) { return; }
    var area = document.getElementById(list.getAttribute('data-into')), text = list.options[list.selectedIndex].getAttribute('data-text');
    if (!area || !text) { return; }
    var start = area.selectionStart, end = area.selectionEnd;
    area.value = area.value.slice(0, start) + text + area.value.slice(end);
    area.focus();
    area.selectionStart = area.selectionEnd = start + text.length;
    area.dispatchEvent(new Event('input'));
    list.selectedIndex = 0;
  });
  document.addEventListener('click', function (event) {
    var target = event.target.closest ? event.target.closest('[data-copy]') : null;
    if (target && navigator.clipboard) {
      navigator.clipboard.writeText(document.getElementById(target.getAttribute('data-copy')).textContent).then(function () { target.textContent = target.getAttribute('data-copied'); });
    }
  });
  all('[data-print]').forEach(function (button) { button.hidden = false; button.addEventListener('click', function () { window.print(); }); });
  all('input[data-all]').forEach(function (box) {
    box.parentNode.hidden = false;
    box.addEventListener('change', function () { all('input[name=number]').forEach(function (one) { one.checked = box.checked; }); });
  });

  all('.nojs').forEach(function (part) { part.parentNode.removeChild(part); });

  /* Keys. */
  var keys = document.getElementById('keys');
  all('[data-keys]').forEach(function (button) { button.hidden = false; button.addEventListener('click', function () { keys.showModal(); }); });
  function rows() { return all('a[data-row]'); }
  function step(by) {
    var list = rows(), at = list.indexOf(document.activeElement);
    if (list.length) { list[Math.max(0, Math.min(list.length - 1, at < 0 ? (by > 0 ? 0 : list.length - 1) : at + by))].focus(); return true; }
    var link = document.querySelector(by > 0 ? 'a[rel=next]' : 'a[rel=prev]');
    if (link) { link.click(); return true; }
    return false;
  }
  function press(key) {
    var target = document.querySelector('[data-key="' + key + '"]:not([disabled])');
    if (!target) { return false; }
    var box = target.closest('details');
    if (box) { box.open = true; }
    if (target.tagName === 'SUMMARY') { (box.querySelector('input:not([type=hidden]), select, textarea') || target).focus(); }
    else if (/^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) { target.focus(); }
    else { target.click(); }
    return true;
  }
  document.addEventListener('keydown', function (event) {
    if (event.ctrlKey || event.metaKey && event.key !== 'Enter' || event.altKey || event.isComposing) {
      if ((event.ctrlKey || event.metaKey) && event.key === 'Enter' && event.target.tagName === 'TEXTAREA' && !event.isComposing) { event.preventDefault(); event.target.form.requestSubmit(); }
      return;
    }
    if (typing(event.target)) { if (event.key === 'Escape') { event.target.blur(); } return; }
    var done = false;
    if (event.key === '?') { keys.showModal(); done = true; }
    else if (event.key === '/') { document.getElementById('find').focus(); done = true; }
    else if (event.key === 'j' || event.key === 'k') { done = step(event.key === 'j' ? 1 : -1); }
    else if (event.key === 'q') { location.href = home + '/'; done = true; }
    else if (/^[tanrs]$/.test(event.key) && !document.querySelector('dialog[open]')) { done = press(event.key); }
    if (done) { event.preventDefault(); }
  });
})();
