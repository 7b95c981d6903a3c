// What HTML alone cannot do. Every task works without this file.
(function () {
  "use strict";

  // After a failed form the summary takes the focus, so that a screen reader starts there.
  function focusSummary(root) {
    var summary = root.querySelector ? root.querySelector(".error-summary") : null;
    if (summary) {
      summary.focus();
    }
  }

  ["DOMContentLoaded", "htmx:afterSwap"].forEach(function (name) {
    document.addEventListener(name, function (event) {
      focusSummary(event.target);
      countTexts();
    });
  });

  // Texts are counted beside their limits as the server does: a Latin letter is half a Han one.
  var WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60]/;

  function countTexts() {
    document.querySelectorAll("[data-counts]").forEach(function (counter) {
      var signs = Array.from(document.getElementById(counter.dataset.counts).value.trim());
      var n = Math.ceil(signs.reduce(function (sum, sign) { return sum + (WIDE.test(sign) ? 2 : 1); }, 0) / 2);
      counter.textContent = n + " / " + counter.dataset.most;
      counter.classList.toggle("is-off", n > counter.dataset.most || (n > 0 && n < counter.dataset.least));
    });
  }

  document.addEventListener("input", countTexts);

  // A closed part hides what a link or an error points to: open it on the way.
  function openAround(id) {
    var target = id && document.getElementById(id);
    for (var part = target; part; part = part.parentElement) {
      if (part.tagName === "DETAILS") {
        part.open = true;
      }
    }
    if (target) {
      target.focus();
    }
  }

  document.addEventListener("click", function (event) {
    var link = event.target.closest ? event.target.closest('a[href^="#"]') : null;
    if (link) {
      openAround(link.getAttribute("href").slice(1));
    }
  });

  // A printed page has no buttons to open its details with; tables that a chart shows stay closed.
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll("main details:not(.print-as-is)").forEach(function (part) {
      part.open = true;
    });
  });
})();
