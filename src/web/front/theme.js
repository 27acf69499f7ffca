// SPDX-License-Identifier: EUPL-1.2
// Runs in the head, before the page is painted: the reader's own choice of light or dark, when there is one.
try {
  const theme = localStorage.getItem('theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch { /* storage is forbidden: the system's choice stays */ }
