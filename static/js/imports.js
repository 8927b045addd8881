// The page of an import: what only those need who have no scripts goes away.

for (const element of document.querySelectorAll("[data-without-scripts]")) element.hidden = true;
