// Small conveniences; every page works without them.
(function () {
  "use strict";
  var all = function (selector, within) { return Array.prototype.slice.call((within || document).querySelectorAll(selector)); };

  // The tab of this page is in sight on a narrow screen.
  var tab = document.querySelector(".tabs [aria-current]"), tabs = document.querySelector(".tabs");
  if (tab) { tabs.scrollLeft = tab.offsetLeft - (tabs.clientWidth - tab.offsetWidth) / 2; }

  // A menu closes when something else is touched, and by Escape.
  document.addEventListener("click", function (event) {
    all("details.menu[open]").forEach(function (menu) { if (!menu.contains(event.target)) { menu.removeAttribute("open"); } });
  });
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") { return; }
    all("details.menu[open]").forEach(function (menu) { menu.removeAttribute("open"); menu.querySelector("summary").focus(); });
  });

  // What is wrong is said first.
  var errors = document.getElementById("errors");
  if (errors) { errors.focus(); }

  // Who was looked for and chosen stays on the list.
  document.addEventListener("change", function (event) {
    var box = event.target;
    if (box.type === "checkbox" && box.checked) {
      var row = box.closest("#found > li"), chosen = document.getElementById("chosen");
      if (row && chosen) {
        if (all("input", chosen).some(function (other) { return other.value === box.value; })) { row.remove(); return; }
        chosen.insertBefore(row, chosen.firstChild);
        var asked = document.getElementById("others");
        if (asked) { asked.value = asked.value.replace(/\S*$/, ""); document.getElementById("found").textContent = ""; asked.focus(); }
      }
    }
    if (box.closest && box.closest("form")) { counted(box.closest("form")); }
  });

  // The place of the last visit does not stay when another village is chosen.
  document.addEventListener("change", function (event) {
    var form = event.target.name === "village" && event.target.closest("form[data-fresh]"), place = form && form.elements.place;
    if (place && place.value === place.defaultValue) { place.value = ""; }
  });

  // Of what stays on paper no words are asked for.
  document.addEventListener("change", function (event) {
    var panel = event.target.name === "sensitivity" && event.target.closest(".panel");
    if (panel) { panel.classList.toggle("stays-on-paper", event.target.value === "paper_only"); }
  });

  // How many are chosen stands on the button.
  function counted(form) {
    var place = form.querySelector("[data-counts]");
    if (place) { place.textContent = all('input[name="' + place.getAttribute("data-counts") + '"]:checked', form).length; }
  }
  all("form").forEach(counted);

  // As what somebody was there is said in a word; it is opened to be changed.
  function said(row) {
    var place = row.querySelector(".more [data-said]"), chosen = all(".more select", row);
    if (place && chosen.length) { place.textContent = chosen.map(function (each) { return (each.selectedOptions[0] || {}).textContent || ""; }).join(" · "); }
  }
  all(".people input:checked").forEach(function (box) { said(box.closest("li")); });
  document.addEventListener("change", function (event) {
    var row = event.target.closest && event.target.closest(".people > li");
    if (row) { said(row); } else { all(".people input:checked", event.target).forEach(function (box) { said(box.closest("li")); }); }
  });

  // A long list is narrowed by what is typed; who is chosen stays in sight.
  all("[data-narrows]").forEach(function (input) {
    input.hidden = false;
    input.addEventListener("input", function () {
      var text = input.value.trim();
      all(input.getAttribute("data-narrows") + " > li").forEach(function (row) {
        row.hidden = text !== "" && row.textContent.indexOf(text) < 0 && !row.querySelector("input:checked");
      });
    });
    input.addEventListener("keydown", function (event) { if (event.key === "Enter") { event.preventDefault(); } });
  });

  // All or none of a group.
  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-tick]");
    if (!button) { return; }
    var boxes = all(button.getAttribute("data-tick"));
    var every = boxes.every(function (box) { return box.checked; });
    boxes.forEach(function (box) { box.checked = !every; });
    if (button.form) { counted(button.form); }
  });

  // A reason from a chip.
  document.addEventListener("click", function (event) {
    var chip = event.target.closest("[data-reason]");
    if (!chip) { return; }
    var target = document.getElementById(chip.getAttribute("data-for"));
    if (target) { target.value = chip.getAttribute("data-reason"); target.focus(); }
  });

  // A filter that is changed is asked for at once.
  document.addEventListener("change", function (event) {
    var form = event.target.closest && event.target.closest("form[data-at-once]");
    if (form) { form.submit(); }
  });

  // Sending twice is sending once for the server too; here the button says that it is under way.
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.method !== "post" || event.defaultPrevented) { return; }
    window.setTimeout(function () { all("button", form).forEach(function (button) { button.setAttribute("aria-disabled", "true"); }); }, 0);
  });

  // A page that the browser kept whole can be used again: what was under way when it was left is over.
  window.addEventListener("pageshow", function (event) {
    if (!event.persisted) { return; }
    all("form").forEach(function (form) { form.removeAttribute("data-busy"); counted(form); });
    all("button[aria-disabled]").forEach(function (button) {
      button.removeAttribute("aria-disabled");
      button.textContent = button.getAttribute("data-was") || button.textContent;
    });
  });

  all("[data-print]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () { window.print(); });
  });
})();
