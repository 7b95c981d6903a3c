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

  document.addEventListener("DOMContentLoaded", function () {
    focusSummary(document);
  });
  document.addEventListener("htmx:afterSwap", function (event) {
    focusSummary(event.target);
  });

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
