/* An enhancement only: the page is complete without it. Old syntax, for old phones. */
(function () {
  'use strict';
  var form = document.getElementById('ask');
  if (!form || !window.fetch || !window.DOMParser || !window.FormData || !window.Promise) { return; }
  var box = document.getElementById('text');
  var send = document.getElementById('send');
  var status = document.getElementById('status');
  var busy = false;

  function byId(doc, id) { return doc.getElementById(id); }

  function replace(doc, id) {
    var here = byId(document, id), there = byId(doc, id);
    while (here.firstChild) { here.removeChild(here.firstChild); }
    if (there) { while (there.firstChild) { here.appendChild(document.adoptNode(there.firstChild)); } }
  }

  function append(doc) {
    var log = byId(document, 'log'), lines = doc.querySelectorAll('#log > .line'), mark = byId(document, 'newest'), first = null;
    if (mark) { mark.parentNode.removeChild(mark); }
    for (var i = 0; i < lines.length; i++) {
      if (byId(document, lines[i].id)) { continue; }
      var line = document.adoptNode(lines[i]);
      log.appendChild(line);
      if (!first && line.className.indexOf('bot') >= 0) { first = line; }
    }
    return first;
  }

  function show(doc, ok) {
    var problem = doc.querySelector('.problem');
    if (!ok || !byId(doc, 'log')) {
      tell(problem ? problem.querySelector('h2').textContent + ' ' + problem.querySelector('p').textContent : '');
      return;
    }
    var focused = document.activeElement, pressed = focused && focused.className === 'choice';
    replace(doc, 'case');
    replace(doc, 'choices');
    replace(doc, 'notices');
    byId(document, 'once').value = byId(doc, 'once').value;
    status.textContent = '';
    var first = append(doc);
    if (first) {
      if (pressed) { first.tabIndex = -1; first.focus(); }
    }
    var seen = first || byId(document, 'notice');
    if (seen) { seen.scrollIntoView(true); }
    return true;
  }

  function tell(words) {
    var note = document.createElement('p');
    note.className = 'notice';
    note.id = 'notice';
    note.textContent = words || status.getAttribute('data-unsent');
    var notices = byId(document, 'notices');
    while (notices.firstChild) { notices.removeChild(notices.firstChild); }
    notices.appendChild(note);
    note.scrollIntoView(true);
    status.textContent = '';
  }

  function idle() { busy = false; send.removeAttribute('aria-disabled'); }

  function post(target, name, value) {
    var data = new FormData(target), sent = box.value;
    if (name) { data.append(name, value); }
    busy = true;
    send.setAttribute('aria-disabled', 'true');
    status.textContent = status.getAttribute('data-sending');
    fetch(target.action, { method: 'POST', body: data, credentials: 'same-origin' }).then(function (answer) {
      return answer.text().then(function (html) {
        if (show(new DOMParser().parseFromString(html, 'text/html'), answer.ok) && target === form && box.value === sent) { box.value = ''; }
      });
    }).catch(function () { tell(''); }).then(idle);
  }

  document.addEventListener('submit', function (event) {
    var target = event.target;
    event.preventDefault();
    if (busy || target !== form) { return; }
    if (!box.value.trim()) { box.focus(); return; }
    post(form);
  });

  document.addEventListener('click', function (event) {
    var button = event.target;
    if (button.className !== 'choice') { return; }
    event.preventDefault();
    if (!busy) { button.focus(); post(button.form, button.name, button.value); }
  });

  if (window.matchMedia && window.matchMedia('(hover: hover) and (pointer: fine)').matches) {
    byId(document, 'keys').hidden = false;
    box.addEventListener('keydown', function (event) {
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229) { return; }
      event.preventDefault();
      if (!busy && box.value.trim()) { post(form); }
    });
  }
})();
