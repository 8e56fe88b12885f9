// Passkeys: the browser's own dialogue, and its answer sent with the form it belongs to. Nothing else needs script.
(function () {
  'use strict';
  const form = document.querySelector('form[data-passkey]');
  if (!form) return;
  const problem = form.querySelector('[data-passkey-problem]');
  const isNew = form.dataset.passkey === 'create';
  const field = form.elements.namedItem(isNew ? 'answer' : 'typed');

  function bytes(text) {
    const plain = atob(text.replace(/-/g, '+').replace(/_/g, '/'));
    return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
  }

  function written(buffer) {
    const plain = String.fromCharCode(...new Uint8Array(buffer));
    return btoa(plain).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
  }

  function described(list) {
    return (list || []).map((each) => ({ ...each, id: bytes(each.id) }));
  }

  function prepared(options) {
    const ready = { ...options, challenge: bytes(options.challenge) };
    if (options.user) ready.user = { ...options.user, id: bytes(options.user.id) };
    if (options.excludeCredentials) ready.excludeCredentials = described(options.excludeCredentials);
    if (options.allowCredentials) ready.allowCredentials = described(options.allowCredentials);
    return ready;
  }

  function answer(credential) {
    const response = { clientDataJSON: written(credential.response.clientDataJSON) };
    for (const name of ['attestationObject', 'authenticatorData', 'signature', 'userHandle']) {
      if (credential.response[name]) response[name] = written(credential.response[name]);
    }
    if (credential.response.getTransports) response.transports = credential.response.getTransports();
    return JSON.stringify({
      id: credential.id,
      rawId: written(credential.rawId),
      type: credential.type,
      response,
      clientExtensionResults: credential.getClientExtensionResults(),
    });
  }

  async function ask() {
    const publicKey = prepared(JSON.parse(form.dataset.options));
    return isNew ? navigator.credentials.create({ publicKey }) : navigator.credentials.get({ publicKey });
  }

  form.addEventListener('submit', async (event) => {
    if (field.value) return;
    event.preventDefault();
    problem.hidden = true;
    try {
      field.value = answer(await ask());
    } catch {
      problem.textContent = form.dataset.failed;
      problem.hidden = false;
      return;
    }
    form.submit();
  });
})();
