// What is recorded is kept on this device first, and sent until it has arrived: without signal nothing is lost, and nothing doubles.
// What is being typed is kept too, until it is sent or thrown away.
(function () {
  "use strict";
  var place = document.getElementById("outbox");
  var who = (document.querySelector('meta[name="lvzhi-who"]') || {}).content;
  var english = document.documentElement.lang === "en";
  var say = function (zh, en) { return english ? en : zh; };
  var TRIES_EVERY = 15000, PATIENCE = 20000, SLOWEST = 8000, SOON = 300, LARGE = 200000, AN_HOUR = 3600000, A_WEEK = 7 * 24 * AN_HOUR, DAYS = 3 * 24 * AN_HOUR;
  var STORES = ["outbox", "drafts", "receipts"];
  var all = function (selector, within) { return Array.prototype.slice.call((within || document).querySelectorAll(selector)); };
  var typed = document.querySelector("form[data-draft]"), later = 0;
  var token = (document.querySelector('meta[name="lvzhi-form"]') || {}).content;
  var HEAVY = {}, sending = null, pressed = "", fails = "";

  // The store

  function opened() {
    return new Promise(function (resolve, reject) {
      if (!window.indexedDB) { reject(new Error("no store")); return; }
      var asked = window.indexedDB.open("lvzhi", 2);
      asked.onupgradeneeded = function () {
        STORES.forEach(function (name) { if (!asked.result.objectStoreNames.contains(name)) { asked.result.createObjectStore(name, { keyPath: "id" }); } });
      };
      asked.onsuccess = function () { resolve(asked.result); };
      asked.onerror = function () { reject(asked.error); };
    });
  }
  function withStore(name, mode, act) {
    return opened().then(function (db) {
      return new Promise(function (resolve, reject) {
        var transaction = db.transaction(name, mode, mode === "readwrite" ? { durability: "strict" } : undefined);
        var request = act(transaction.objectStore(name));
        transaction.oncomplete = function () { db.close(); resolve(request && request.result); };
        transaction.onabort = transaction.onerror = function () { db.close(); reject(transaction.error); };
      });
    });
  }
  function put(entry, name) { return withStore(name || "outbox", "readwrite", function (store) { return store.put(entry); }); }
  function drop(id, name) { return withStore(name || "outbox", "readwrite", function (store) { return store.delete(id); }); }
  function every(name) { return withStore(name || "outbox", "readonly", function (store) { return store.getAll(); }); }
  var nothing = function () {};

  function minted() {
    var bytes = window.crypto.getRandomValues(new Uint8Array(16));
    return "p-" + Array.prototype.map.call(bytes, function (b) { return ("0" + b.toString(16)).slice(-2); }).join("");
  }

  // Sending

  function body(entry) {
    var multipart = entry.files.length > 0, made = multipart ? new FormData() : new URLSearchParams();
    entry.pairs.forEach(function (pair) { if (pair[0] !== "form" && pair[0] !== "who") { made.append(pair[0], pair[1]); } });
    made.append("who", entry.who);
    made.append("form", token || "");
    entry.files.forEach(function (file) { made.append(file.name, file.blob, file.called); });
    return made;
  }
  function weight(entry) { return entry.files.reduce(function (sum, file) { return sum + file.blob.size; }, 0); }
  // It goes on for as long as something moves; once all is handed over, a slow line is given the time that it takes.
  function posted(entry, moved) {
    return new Promise(function (resolve, reject) {
      var asked = new XMLHttpRequest(), slow = false, timer;
      var patient = function (time) { window.clearTimeout(timer); timer = window.setTimeout(function () { slow = true; asked.abort(); }, time); };
      asked.open("POST", entry.to);
      asked.setRequestHeader("Accept", "application/json");
      asked.upload.onprogress = function (event) { patient(PATIENCE); moved(event.loaded / event.total); };
      asked.upload.onload = function () { patient(PATIENCE + weight(entry) / SLOWEST * 1000); };
      asked.onloadend = function () {
        var told = null;
        window.clearTimeout(timer);
        try { told = JSON.parse(asked.responseText); } catch (error) { /* Not an answer of ours. */ }
        if (asked.status && told) { resolve({ status: asked.status, told: told }); } else { reject({ slow: slow }); }
      };
      patient(PATIENCE);
      asked.send(body(entry));
    });
  }
  // Whether he is not signed in, or somebody else is; the token of the session that is now is taken along.
  function isAway(entry) {
    return fetch("/api/v1/session", { credentials: "same-origin", cache: "no-store" }).then(function (asked) {
      if (asked.status === 401) { return true; }
      return asked.json().then(function (told) {
        token = told.form_token;
        return !told.persons.some(function (each) { return each.ledger + "/" + each.person === entry.who; });
      });
    });
  }
  function sent(entry, moved) {
    var away = { status: 401, told: {} };
    return (weight(entry) > LARGE ? isAway(entry) : Promise.resolve(false)).then(function (gone) {
      return gone ? away : posted(entry, moved).then(function (answer) {
        // The page is older than the session: its token is fetched anew, once. Where somebody else signed in meanwhile, it waits.
        return answer.status !== 403 ? answer : isAway(entry).then(function (left) { return left ? away : posted(entry, moved); });
      });
    });
  }
  // One entry: what became of it.
  function deliver(entry, moved) {
    return sent(entry, moved || nothing).then(function (answer) {
      var told = answer.told;
      if (answer.status < 300 && told.receipt) {
        return drop(entry.id).catch(nothing).then(function () { return { page: told.page, position: told.receipt.position }; });
      }
      if (answer.status === 401) { return { signedOut: true }; }
      if (answer.status < 400 || answer.status === 429 || answer.status >= 500 || answer.status === 408) { return { later: true }; }
      entry.wrong = (told.shown || []).join(say(";", "; ")) || say(told.title, told.title_en) || String(answer.status);
      return (entry.unkept ? Promise.resolve() : put(entry)).then(function () { return { wrong: entry.wrong, tooLarge: answer.status === 413 }; });
    }, function (why) {
      if (!why.slow || entry.unkept) { return { later: true }; }
      // What takes too long now lets the others pass.
      entry.tries = (entry.tries || 0) + 1;
      return put(entry).then(function () { return { later: true, slow: true }; });
    });
  }
  function flush() {
    if (sending) { return sending; }
    sending = every().then(function (entries) {
      var waiting = entries.filter(function (entry) { return entry.who === who && !entry.wrong && entry.id !== pressed; });
      waiting.sort(function (a, b) { return (a.tries || 0) - (b.tries || 0) || a.at - b.at; });
      return waiting.reduce(function (before, entry) {
        return before.then(function (goOn) {
          if (!goOn) { return false; }
          return deliver(entry).then(function (outcome) {
            fails = outcome.signedOut ? "signedOut" : (outcome.later ? "later" : "");
            return Promise.resolve(outcome.page && remember(entry, outcome)).then(function () { return outcome.slow || (!outcome.later && !outcome.signedOut); });
          });
        });
      }, Promise.resolve(true));
    }).then(function () { sending = null; return show(); }, function () { sending = null; return show(); });
    return sending;
  }

  // What was sent of late, with its receipt

  function remember(entry, outcome) {
    return put({ id: entry.id, who: entry.who, what: entry.what, page: outcome.page, position: outcome.position, at: Date.now() }, "receipts").catch(nothing);
  }
  // Until he has seen them, or for some days.
  function remembered() {
    return every("receipts").then(function (found) {
      found.filter(function (each) { return Date.now() - each.at > DAYS; }).forEach(function (each) { drop(each.id, "receipts").catch(nothing); });
      return found.filter(function (each) { return each.who === who && Date.now() - each.at < DAYS; }).sort(function (x, y) { return y.at - x.at; });
    }).catch(function () { return []; });
  }
  function seen() {
    return remembered().then(function (found) { return Promise.all(found.map(function (each) { return drop(each.id, "receipts").catch(nothing); })); });
  }

  // Showing

  function element(name, text, attributes) {
    var made = document.createElement(name);
    if (text) { made.textContent = text; }
    Object.keys(attributes || {}).forEach(function (key) { made.setAttribute(key, attributes[key]); });
    return made;
  }
  function button(text, look, act) {
    var made = element("button", text, { type: "button", "class": "btn btn-sm me-2 " + look });
    made.addEventListener("click", act);
    return made;
  }
  function when(at) {
    var d = new Date(at), today = new Date().toDateString() === d.toDateString();
    return (today ? "" : say((d.getMonth() + 1) + "月" + d.getDate() + "日 ", d.getDate() + "/" + (d.getMonth() + 1) + " ")) + hour(at);
  }
  function hour(at) { var d = new Date(at); return ("0" + d.getHours()).slice(-2) + ":" + ("0" + d.getMinutes()).slice(-2); }
  function show() {
    if (!place) { return Promise.resolve(); }
    return Promise.all([every(), remembered()]).then(function (found) {
      // What is being mended on this page is not told of twice.
      var here = typed ? idOf(typed).value : "";
      var entries = found[0], done = found[1];
      var own = entries.filter(function (entry) { return entry.who === who && entry.id !== here; });
      var others = entries.filter(function (entry) { return entry.who !== who; }).length;
      var waiting = own.filter(function (entry) { return !entry.wrong; });
      var wrong = own.filter(function (entry) { return entry.wrong; });
      place.textContent = "";
      place.hidden = !(own.length || others || done.length);
      if (place.hidden) { return; }
      var box = element("section", "", { "class": own.length || others ? "outbox" : "outbox clear", "aria-live": "polite" });
      if (waiting.length) {
        var line = element("p", "", { "class": "mb-1" });
        line.appendChild(element("b", say("已存在本机,待上传 " + waiting.length + " 条", "Kept on this device, " + waiting.length + " waiting"), { "data-waiting": waiting.length }));
        box.appendChild(line);
        box.appendChild(element("p", fails === "signedOut" ? say("登录已过期,登录后自动上传。", "Your session has ended: sign in and they are sent.") : say("有信号后自动上传;请不要清除浏览器数据。", "They are sent once there is signal; do not clear the browser's data."), { "class": "small mb-2" }));
        if (fails === "signedOut") { box.appendChild(element("a", say("去登录", "Sign in"), { "class": "btn btn-primary btn-sm me-2", href: "/sign-in?next=" + encodeURIComponent(window.location.pathname) })); }
        box.appendChild(button(say("现在上传", "Send now"), "btn-outline-secondary", flush));
      }
      if (wrong.length) {
        box.appendChild(element("p", say("需要修改 " + wrong.length + " 条:", wrong.length + " to be mended:"), { "class": "mt-2 mb-1", "data-wrong": wrong.length }));
        var list = element("ul");
        wrong.forEach(function (entry) {
          var item = element("li", hour(entry.at) + " " + entry.what + " – " + entry.wrong + " ");
          var mend = element("button", say("打开修改", "Open and mend"), { type: "button", "class": "btn btn-outline-secondary btn-sm me-2" });
          mend.addEventListener("click", function () { reopen(entry); });
          var away = element("button", say("不要了", "Discard"), { type: "button", "class": "btn btn-outline-secondary btn-sm" });
          away.addEventListener("click", function () {
            if (window.confirm(say("确定不要这一条?", "Discard this one?"))) { drop(entry.id).then(show); }
          });
          item.appendChild(mend); item.appendChild(away); list.appendChild(item);
        });
        box.appendChild(list);
      }
      if (others) { box.appendChild(element("p", say("另有 " + others + " 条是别人登录时存的,由本人登录后上传。", others + " more were kept by somebody else and are sent when he signs in."), { "class": "small mb-0" })); }
      if (done.length) {
        var ul = element("ul", "", { "data-receipts": done.length });
        done.forEach(function (each) {
          var li = element("li", "✓ " + hour(each.at) + " ");
          li.appendChild(element("a", each.what, { href: each.page }));
          li.appendChild(element("span", say(" 已登记,位置 ", " recorded, entry ") + each.position));
          if (each.page.indexOf("like=") > 0) { li.appendChild(element("b", say(" · 可能重复,请打开核对", " · perhaps recorded twice: open it and see"))); }
          ul.appendChild(li);
        });
        box.appendChild(ul);
        box.appendChild(button(say("知道了", "Seen"), "btn-outline-secondary", function () { seen().then(show); }));
      }
      place.appendChild(box);
    }, function () {
      place.textContent = "";
      place.hidden = !typed;
      if (typed) { place.appendChild(element("p", say("此浏览器不能离线保存。没有信号时请留在本页,有信号后再按“保存”。", "This browser keeps nothing. Without signal stay on this page, and save once there is."), { "class": "outbox", "data-keeps": "nothing" })); }
    });
  }
  // The server shows the form again with what is wrong beside each field, and keeps the pictures that come with it.
  function reopen(entry) {
    var form = element("form", "", { method: "post", action: entry.to, enctype: "multipart/form-data", hidden: "" }), taken = {};
    entry.files.forEach(function (file) {
      taken[file.name] = taken[file.name] || new DataTransfer();
      taken[file.name].items.add(new File([file.blob], file.called, { type: file.blob.type }));
    });
    Object.keys(taken).forEach(function (name) {
      var input = element("input", "", { type: "file", name: name, multiple: "" });
      input.files = taken[name].files;
      form.appendChild(input);
    });
    entry.pairs.forEach(function (pair) {
      if (pair[0] === "form") { return; }
      form.appendChild(element("input", "", { type: "hidden", name: pair[0], value: pair[1] }));
    });
    form.appendChild(element("input", "", { type: "hidden", name: "form", value: token || "" }));
    document.body.appendChild(form);
    HTMLFormElement.prototype.submit.call(form);
  }

  // What was sent is nobody's business after he has signed out.
  document.addEventListener("submit", function (event) {
    if (event.target.getAttribute("action") === "/sign-out") { seen(); }
  }, true);

  // What is being typed

  var pathOf = function (form) { return form.getAttribute("action").split("?")[0]; };
  var idOf = function (form) { return form.querySelector('input[name="id"]'); };
  function draftOf(form) {
    var people = {}, secret = all("[data-private]", form).map(function (each) { return each.name; }).concat(["form", "who"]);
    all('input[name="p"]:checked', form).forEach(function (box) { people[box.value] = (box.closest("li").querySelector(".name") || box).textContent; });
    return {
      id: idOf(form).value, who: who, path: pathOf(form), at: Date.now(), people: people,
      pairs: pairsOf(form).pairs.filter(function (pair) { return secret.indexOf(pair[0]) < 0; })
    };
  }
  function forgotten() { window.clearTimeout(later); later = 0; }
  function noted() {
    forgotten();
    return typed.getAttribute("data-busy") ? Promise.resolve() : put(draftOf(typed), "drafts").catch(nothing);
  }
  function hidden(name, value) { return element("input", "", { type: "hidden", name: name, value: value }); }
  // Somebody who was looked for and chosen, and does not stand on the fresh form.
  function rowOf(id, name, said) {
    var row = element("li", "", { "data-restored": "" }), box = element("input", "", { type: "checkbox", name: "p", id: "p-" + id, value: id, autocomplete: "off" });
    var label = element("label", "", { "for": "p-" + id });
    label.appendChild(element("span", name, { "class": "name" }));
    row.appendChild(box); row.appendChild(label);
    ["role", "part", "attendance", "capacity"].forEach(function (each) {
      (said[each + "." + id] || []).forEach(function (value) { row.appendChild(hidden(each + "." + id, value)); });
    });
    return row;
  }
  function fill(form, draft) {
    var said = Object.create(null), chosen = document.getElementById("chosen"), photos = document.getElementById("photo");
    draft.pairs.forEach(function (pair) { (said[pair[0]] = said[pair[0]] || []).push(pair[1]); });
    Object.keys(draft.people).forEach(function (id) {
      if (chosen && !document.getElementById("p-" + id)) { chosen.insertBefore(rowOf(id, draft.people[id], said), chosen.firstChild); }
    });
    all("input, select, textarea", form).forEach(function (field) {
      var values = said[field.name] || [], before = field.checked + field.value;
      if (!field.name || field.type === "file" || field.hasAttribute("data-private")) { return; }
      if (field.type === "checkbox" || field.type === "radio") { field.checked = values.indexOf(field.value) >= 0; }
      else if (field.type === "hidden") { if (/^(id|version)$/.test(field.name) && values.length) { field.value = values[0]; } }
      else if (values.length && (field.tagName !== "SELECT" || all("option", field).some(function (each) { return each.value === values[0]; }))) { field.value = values[0]; }
      if (field.type !== "hidden" && before !== field.checked + field.value && field.closest("details.extra")) { field.closest("details.extra").open = true; }
    });
    (said.kept_photo || []).forEach(function (told) {
      if (!photos || all('[name="kept_photo"]', photos).some(function (each) { return each.value === told; })) { return; }
      var line = element("p", "✓ " + say("已收到:", "received: ") + told.split(" ").slice(1).join(" "), { "class": "small mb-1", "data-restored": "" });
      line.appendChild(hidden("kept_photo", told));
      photos.insertBefore(line, photos.querySelector("input[type=file]"));
    });
    form.dispatchEvent(new Event("change", { bubbles: true }));
  }
  // What he had not finished is offered; where he only went away and came back, it stands there again.
  function offer() {
    var navigated = (window.performance.getEntriesByType("navigation")[0] || {}).type, box;
    return every("drafts").then(function (drafts) {
      drafts.filter(function (each) { return Date.now() - each.at > A_WEEK; }).forEach(function (each) { drop(each.id, "drafts").catch(nothing); });
      if (!typed || document.getElementById("errors")) { return; }
      var own = drafts.filter(function (each) { return each.who === who && each.path === pathOf(typed) && each.id !== idOf(typed).value && Date.now() - each.at < A_WEEK; });
      own.sort(function (a, b) { return b.at - a.at; });
      box = element("section", "", { "class": "notice no-print w-100 mb-2 me-0 py-2", "data-offered": own.length });
      own.slice(0, 1).forEach(function (draft, nth) {
        var back = !nth && !later && /^(reload|back_forward)$/.test(navigated) && Date.now() - draft.at < AN_HOUR;
        var line = element("p", (back ? say("已恢复没写完的内容,", "What was not finished stands here again, ") : say("上次没写完的,", "Not finished, ")) + when(draft.at) + " ", { "class": "mb-0" });
        if (!back) {
          line.appendChild(button(say("接着写", "Go on with it"), "btn-outline-secondary fw-bold", function () { fill(typed, draft); box.remove(); }));
        }
        line.appendChild(button(back ? say("重新填写", "Begin anew") : say("不要了", "Discard"), "btn-outline-secondary", function () {
          if (!window.confirm(say("确定不要这一份?", "Discard this?"))) { return; }
          forgotten();
          drop(draft.id, "drafts").then(function () { if (back) { fresh(typed, minted()); } box.remove(); });
        }));
        box.appendChild(line);
        if (back) { fill(typed, draft); }
      });
      // It stands in the bar of saving: nothing moves under a finger that is on its way.
      if (own.length) { typed.querySelector(".send").insertBefore(box, typed.querySelector(".send").firstChild); }
    });
  }
  if (typed) {
    ["input", "change"].forEach(function (what) {
      typed.addEventListener(what, function () { forgotten(); later = window.setTimeout(noted, SOON); });
    });
    window.addEventListener("pagehide", function () { if (later) { noted(); } });
  }

  // Without signal a page is not left for one that cannot be had.

  function tell(text) {
    var told = document.getElementById("told") || document.body.appendChild(element("div", "", { id: "told", role: "status", "class": "told" }));
    told.textContent = text;
    window.clearTimeout(told.lasts);
    told.lasts = window.setTimeout(function () { told.remove(); }, 8000);
  }
  // A machine without a network may still reach a service of its own.
  function reached() {
    return fetch("/api/v1/session", { credentials: "same-origin", cache: "no-store" });
  }
  document.addEventListener("click", function (event) {
    var link = event.target.closest && event.target.closest("a[href]");
    if (!link || navigator.onLine || event.defaultPrevented || link.target || link.getAttribute("href").charAt(0) === "#") { return; }
    event.preventDefault();
    reached().then(function () { window.location.assign(link.href); }, function () {
      tell(say("没有信号,打不开别的页面。本页填写的内容还在,有信号后再打开。", "There is no signal to open another page. What you typed here is still there."));
    });
  });
  document.addEventListener("submit", function (event) {
    var form = event.target, submitter = event.submitter;
    if (form === typed && !form.hasAttribute("data-outbox") && heavy(form, pairsOf(form).files)) { event.preventDefault(); return; }
    if (navigator.onLine || form.hasAttribute("data-outbox") || form.hasAttribute("data-tried")) { return; }
    event.preventDefault();
    if (form === typed) { noted(); }
    reached().then(function () {
      form.setAttribute("data-tried", "");
      form.requestSubmit(submitter || undefined);
      form.removeAttribute("data-tried");
    }, function () {
      tell(say("没有信号,还没有发出。填写的内容还在本页,有信号后再按一次。", "There is no signal, and nothing was sent. What you typed is still here: press again once there is."));
    });
  }, true);

  var replaced = typed && typed.getAttribute("data-replaces");
  if (replaced) { drop(replaced).then(noted).catch(nothing); }
  document.addEventListener("change", function (event) {
    // Pictures are made small first.
    if (typed && event.target.type === "file" && typed.contains(event.target)) { heavy(typed, pairsOf(typed).files.filter(function (file) { return !isPicture(file); })); }
  });

  // Keeping

  function pairsOf(form) {
    var pairs = [], files = [];
    new FormData(form).forEach(function (value, name) {
      if (typeof value === "string") { pairs.push([name, value]); }
      else if (value.size) { files.push({ name: name, blob: value, called: value.name }); }
    });
    return { pairs: pairs, files: files };
  }
  // A picture is made small before it is kept and sent: the signal may be poor.
  function isPicture(file) { return /^image\/(jpeg|png|webp)$/.test(file.blob.type); }
  function small(file) {
    if (!isPicture(file) || file.blob.size < 400000 || !window.createImageBitmap) { return Promise.resolve(file); }
    return window.createImageBitmap(file.blob, { imageOrientation: "from-image" }).then(function (picture) {
      var scale = Math.min(1, 1600 / Math.max(picture.width, picture.height)), canvas = document.createElement("canvas");
      canvas.width = Math.round(picture.width * scale); canvas.height = Math.round(picture.height * scale);
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      return new Promise(function (resolve) {
        canvas.toBlob(function (blob) { resolve(blob && blob.size < file.blob.size ? { name: file.name, blob: blob, called: file.called.replace(/\.\w+$/, "") + ".jpg" } : file); }, "image/jpeg", 0.82);
      });
    }).catch(function () { return file; });
  }
  // What became of it stands where he pressed.
  function beside(form, text) {
    all("[data-became]", form).forEach(function (each) { each.remove(); });
    if (text) { form.querySelector(".send").appendChild(element("p", text, { "class": "wrong w-100", role: "alert", "data-became": "" })); }
  }
  // What the server would not take is said beside the field, and the form stays.
  function heavy(form, files) {
    var input = form.querySelector("input[type=file]"), said = [];
    var most = function (name) { return Number(input.getAttribute("data-" + name)); };
    var large = function (size) { return Math.round(size / 104857.6) / 10 + " MB"; };
    all("[data-heavy]", form).forEach(function (each) { each.remove(); });
    if (!input) { return false; }
    files.forEach(function (file) {
      if (file.blob.size > most("largest")) { said.push(file.called + say(":" + large(file.blob.size) + ",每个文件最多 ", ": " + large(file.blob.size) + ", a file may have ") + large(most("largest"))); }
    });
    var whole = weight({ files: files });
    if (!said.length && whole > most("whole")) { said.push(say("合计 " + large(whole) + ",一次最多 " + large(most("whole")) + ":其余的保存后用“更正”补上", large(whole) + " together, at most " + large(most("whole")) + " at a time: add the others by a correction")); }
    if (!said.length && files.length > most("most")) { said.push(say("一次最多 " + most("most") + " 个文件", "at most " + most("most") + " files at a time")); }
    said.forEach(function (text) { input.parentNode.appendChild(element("p", text, { "class": "wrong", "data-heavy": "" })); });
    if (said.length) { input.scrollIntoView({ block: "center" }); }
    return said.length > 0;
  }
  // What is plainly missing is said before anything is kept; that nobody was there is asked once.
  function lacks(form) {
    var people = form.querySelector("[data-people]"), lacking = [];
    var say_at = function (at, zh, en, look) { at.appendChild(element("p", say(zh, en), { "class": look || "wrong", "data-lacks": "" })); };
    all("p[data-lacks]", form).forEach(function (each) { each.remove(); });
    all("[required]", form).forEach(function (field) {
      var empty = !field.value.trim();
      if (empty) { field.setAttribute("aria-invalid", "true"); } else { field.removeAttribute("aria-invalid"); }
      if (empty) { lacking.push(field); say_at(field.parentNode, "必填,请补充", "required: please fill it in"); }
    });
    var somebody = all('input[name="p"]:checked, input[name="namesake"]:checked', form).length || all('[name="others"], [name="author_units"]', form).some(function (each) { return each.value.trim(); });
    if (people && !somebody && (people.getAttribute("data-people") === "must" || people.getAttribute("data-nobody") !== idOf(form).value)) {
      lacking.push(people.querySelector("#chosen"));
      if (people.getAttribute("data-people") === "must") { say_at(people, "请至少选一位", "choose somebody"); } else {
        people.setAttribute("data-nobody", idOf(form).value);
        say_at(people, "没有选参加人员。确实没有的,再按一次“保存”。", "Nobody is chosen. If nobody took part, save once more.", "notice warn mt-2");
      }
    }
    if (lacking.length) {
      all("details").forEach(function (each) { if (each.contains(lacking[0])) { each.open = true; } });
      lacking[0].focus({ preventScroll: true });
      form.querySelector("p[data-lacks]").scrollIntoView({ block: "center" });
      beside(form, say("还没有保存:有 " + lacking.length + " 处要补充", "Not saved yet: " + lacking.length + " to be filled in"));
    }
    return lacking.length > 0;
  }
  function onButton(form, text) {
    var button = form.querySelector(".send > button"), was = button.getAttribute("data-was") || button.textContent;
    button.setAttribute("data-was", was);
    button.textContent = text || was;
    if (text) { button.setAttribute("aria-disabled", "true"); } else { button.removeAttribute("aria-disabled"); }
  }
  function fresh(form, id) {
    var what = form.querySelector('input[name="id"]');
    all("[data-restored]", form).forEach(function (each) { each.remove(); });
    form.reset();
    what.value = id;
    Array.prototype.forEach.call(form.querySelectorAll("[data-counts]"), function (each) { each.textContent = form.querySelectorAll('input[name="p"]:checked').length; });
    window.scrollTo(0, 0);
  }
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (!form.hasAttribute || !form.hasAttribute("data-outbox")) { return; }
    // A record is looked for: the server shows the form again.
    if (event.submitter && event.submitter.name === "look") { return; }
    event.preventDefault();
    if (form.getAttribute("data-busy")) { return; }
    beside(form, "");
    if (lacks(form)) { return; }
    form.setAttribute("data-busy", "1");
    forgotten();
    onButton(form, say("正在上传…", "Sending…"));
    var taken = pairsOf(form), id = form.querySelector('input[name="id"]').value;
    var title = taken.pairs.filter(function (pair) { return pair[0] === "title" && pair[1]; })[0];
    var entry = { id: id, who: who, to: form.getAttribute("action"), pairs: taken.pairs, files: taken.files, what: title ? title[1] : form.getAttribute("data-outbox"), at: Date.now(), wrong: "" };
    var natively = function () { HTMLFormElement.prototype.submit.call(form); };
    Promise.all(taken.files.map(small)).then(function (files) {
      if (heavy(form, files)) { throw HEAVY; }
      entry.files = files;
      return put(entry).then(function () { return drop(entry.id, "drafts").catch(nothing); }, function () { entry.unkept = true; });
      pressed = entry.id;
    }).then(function () {
      if (weight(entry) > LARGE && !entry.unkept) { beside(form, say("已存在本机;线路慢时可以离开本页,会接着上传。", "It is kept on this device: you may leave this page on a slow line, it is sent on.")); }
      return deliver(entry, function (part) { onButton(form, say("正在上传…", "Sending… ") + Math.floor(part * 100) + "%"); });
    }).then(function (outcome) {
      pressed = "";
      if (outcome.page) { window.location.assign(outcome.page); return; }
      if (outcome.tooLarge) { throw outcome; }
      // The server shows it again: with what is wrong, or after he signed in.
      if (outcome.wrong || (entry.unkept && outcome.signedOut)) { reopen(entry); return; }
      form.removeAttribute("data-busy");
      onButton(form, "");
      beside(form, "");
      if (entry.unkept) {
        beside(form, say("没有送到,本机也存不下(浏览器不允许或空间不足)。填写的内容还在本页:请不要离开,有信号后再按“保存”。", "It did not arrive, and the device keeps nothing (not allowed, or no room). What you typed is still here: stay, and save once there is signal."));
        return;
      }
      fails = outcome.signedOut ? "signedOut" : "later";
      fresh(form, minted());
      // What the server showed again is kept now: it is not offered to be recorded once more.
      form.hidden = !!document.getElementById("errors");
      show().then(function () { if (place) { place.scrollIntoView(); } });
    }).catch(function (why) {
      if (why !== HEAVY && !why.tooLarge) { natively(); return; }
      pressed = "";
      form.removeAttribute("data-busy");
      onButton(form, "");
      beside(form, say("还没有保存:文件太大", "Not saved yet: the files are too large"));
      if (why.tooLarge) { drop(entry.id).catch(nothing); }
      if (form === typed) { noted(); }
    });
  }, true);

  // What arrived by the ordinary way is no longer kept.
  var here = new URLSearchParams(window.location.search), arrived = here.get("sent") || here.get("form");
  (arrived ? Promise.all([drop(arrived), drop(arrived, "drafts")]).catch(nothing) : Promise.resolve()).then(flush).then(offer).catch(nothing);
  window.addEventListener("online", flush);
  document.addEventListener("visibilitychange", function () { if (!document.hidden) { flush(); } });
  window.setInterval(function () { if (place && place.querySelector("[data-waiting]")) { flush(); } }, TRIES_EVERY);
})();
