// Before the page is drawn: there are scripts; and dark where the system is dark and nobody chose otherwise.
(function () {
  var root = document.documentElement;
  root.classList.add("js");
  if (root.getAttribute("data-theme") === "auto" && window.matchMedia) {
    var asked = window.matchMedia("(prefers-color-scheme: dark)");
    var set = function () { root.setAttribute("data-bs-theme", asked.matches ? "dark" : "light"); };
    set();
    if (asked.addEventListener) { asked.addEventListener("change", set); }
  }
})();
