// The OpenID provider that the tests log in at: oidc-provider, which is certified, set up for us.
// Usage: node provider.mjs KEY_ID   - prints its address once it listens, and ends with its input.

import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';

import Provider from 'oidc-provider';

const PEOPLE = {
  // subject: what the provider knows of an invented person
  's-0001': { preferred_username: 'hanako', employee_number: 'E0001' },
  's-0002': { preferred_username: 'taro', employee_number: 'E0002' },
};

function signingKey(kid) {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { ...privateKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'ES256' };
}

const server = createServer();
server.listen(Number(process.argv[3] ?? 0), '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    jwks: { keys: [signingKey(process.argv[2])] },
    cookies: { keys: ['invented, for tests only'] },
    acrValues: ['urn:example:aal1', 'urn:example:aal2'],
    claims: {
      openid: ['sub', 'acr', 'amr', 'auth_time', 'sid'],
      profile: ['preferred_username', 'employee_number'],
    },
    conformIdTokenClaims: false, // claims of the scopes stand in the ID token
    features: {
      devInteractions: { enabled: false },
      registration: { enabled: true },
      backchannelLogout: { enabled: true },
    },
    clients: [
      {
        client_id: 'govkit-tests',
        client_secret: 'an invented secret + for tests: only',
        redirect_uris: ['http://localhost/login/oidc/callback'],
        post_logout_redirect_uris: ['http://localhost/login'],
        backchannel_logout_uri: 'http://localhost/logout/oidc/ordered',
        backchannel_logout_session_required: true,
      },
    ],
    clientDefaults: { require_auth_time: true, id_token_signed_response_alg: 'ES256' },
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_ctx, sub) =>
      PEOPLE[sub] && { accountId: sub, claims: () => ({ sub, ...PEOPLE[sub] }) },
    // Whoever logs in has consented: the client is the city's own.
    async loadExistingGrant({ oidc }) {
      const grant = new oidc.provider.Grant({
        clientId: oidc.client.clientId,
        accountId: oidc.session.accountId,
      });
      grant.addOIDCScope('openid profile');
      await grant.save();
      return grant;
    },
  });
  const answer = provider.callback();

  async function logIn(request, response) {
    const form = new URLSearchParams(await new Response(request).text());
    const login = {
      accountId: form.get('sub'),
      acr: form.get('acr') || undefined,
      amr: form.get('amr')?.split(' ').filter(Boolean),
      ts: Math.floor(Date.now() / 1000) - Number(form.get('seconds_ago') ?? 0),
    };
    await provider.interactionFinished(request, response, { login });
  }

  function showForm(response) {
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    response.end(
      '<!doctype html><html lang="ja"><title>認証基盤</title><form method="post">' +
        '<input name="sub" aria-label="利用者"><input name="acr" value="urn:example:aal2">' +
        '<input name="amr" value="pwd otp"><button>ログイン</button></form></html>',
    );
  }

  server.on('request', (request, response) => {
    if (!request.url.startsWith('/interaction/')) answer(request, response);
    else if (request.method === 'POST') logIn(request, response).catch((e) => response.end(String(e)));
    else showForm(response);
  });
  console.log(issuer);
});

process.stdin.on('end', () => process.exit()).resume();
