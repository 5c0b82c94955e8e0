-- SPDX-License-Identifier: Apache-2.0
-- The tables of schema 15 for PostgreSQL, with which its stores begin: what fifteen migrations have made of
-- SQLite's. Numbers and truth values are BIGINT in both; texts are compared by their bytes, as SQLite compares
-- them. Never edited: migrations follow (migration.c).

CREATE TABLE realm (
  name TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  id TEXT COLLATE "C" NOT NULL,
  document TEXT COLLATE "C" NOT NULL,
  version BIGINT NOT NULL
);

CREATE TABLE "user" (
  realm TEXT COLLATE "C" NOT NULL REFERENCES realm(name) ON DELETE CASCADE,
  id TEXT COLLATE "C" NOT NULL,
  username TEXT COLLATE "C" NOT NULL,
  email TEXT COLLATE "C" NOT NULL,
  document TEXT COLLATE "C" NOT NULL,
  password TEXT COLLATE "C" NOT NULL,
  enabled BIGINT NOT NULL,
  created BIGINT NOT NULL,
  unique_email TEXT COLLATE "C" NOT NULL,
  search TEXT COLLATE "C" NOT NULL,
  verified BIGINT NOT NULL,
  service BIGINT NOT NULL,
  PRIMARY KEY (realm, id),
  UNIQUE (realm, username)
);
CREATE INDEX user_by_email ON "user" (realm, email) WHERE email <> '';
CREATE UNIQUE INDEX user_by_unique_email ON "user" (realm, unique_email) WHERE unique_email <> '';

CREATE TABLE user_link (
  realm TEXT COLLATE "C" NOT NULL,
  kind BIGINT NOT NULL,
  owner TEXT COLLATE "C" NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  username TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (realm, kind, owner, name, username)
);

CREATE TABLE key (
  realm TEXT COLLATE "C" NOT NULL REFERENCES realm(name) ON DELETE CASCADE,
  kid TEXT COLLATE "C" NOT NULL,
  algorithm TEXT COLLATE "C" NOT NULL,
  use TEXT COLLATE "C" NOT NULL,
  jwk TEXT COLLATE "C" NOT NULL,
  certificate TEXT COLLATE "C" NOT NULL,
  state BIGINT NOT NULL,
  created BIGINT NOT NULL,
  signs_from BIGINT NOT NULL,
  ends BIGINT NOT NULL,
  component TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (realm, kid)
);

CREATE TABLE session (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  realm TEXT COLLATE "C" NOT NULL,
  user_id TEXT COLLATE "C" NOT NULL,
  auth_time BIGINT NOT NULL,
  started BIGINT NOT NULL,
  last_access BIGINT NOT NULL,
  ends BIGINT NOT NULL,
  idle_ends BIGINT NOT NULL,
  remembered BIGINT NOT NULL,
  notes TEXT COLLATE "C" NOT NULL,
  FOREIGN KEY (realm, user_id) REFERENCES "user"(realm, id) ON DELETE CASCADE
);
CREATE INDEX session_by_user ON session (realm, user_id);
CREATE INDEX session_by_end ON session (least(ends, idle_ends));

CREATE TABLE client_session (
  session_id TEXT COLLATE "C" NOT NULL REFERENCES session(id) ON DELETE CASCADE,
  client_id TEXT COLLATE "C" NOT NULL,
  scope TEXT COLLATE "C" NOT NULL,
  nonce TEXT COLLATE "C" NOT NULL,
  redirect_uri TEXT COLLATE "C" NOT NULL,
  started BIGINT NOT NULL,
  last_access BIGINT NOT NULL,
  notes TEXT COLLATE "C" NOT NULL,
  issuer TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (session_id, client_id)
);
CREATE INDEX client_session_by_client ON client_session (client_id, session_id);

CREATE TABLE code (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  realm TEXT COLLATE "C" NOT NULL,
  session_id TEXT COLLATE "C" NOT NULL REFERENCES session(id) ON DELETE CASCADE,
  client_id TEXT COLLATE "C" NOT NULL,
  redirect_uri TEXT COLLATE "C" NOT NULL,
  scope TEXT COLLATE "C" NOT NULL,
  nonce TEXT COLLATE "C" NOT NULL,
  challenge TEXT COLLATE "C" NOT NULL,
  challenge_method TEXT COLLATE "C" NOT NULL,
  expires BIGINT NOT NULL,
  used BIGINT NOT NULL,
  resources TEXT COLLATE "C" NOT NULL,
  jkt TEXT COLLATE "C" NOT NULL
);
CREATE INDEX code_by_session ON code (session_id);
CREATE INDEX code_by_expiry ON code (expires);

CREATE TABLE refresh_token (
  session_id TEXT COLLATE "C" NOT NULL,
  client_id TEXT COLLATE "C" NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  parent TEXT COLLATE "C" NOT NULL,
  uses BIGINT NOT NULL,
  issued BIGINT NOT NULL,
  PRIMARY KEY (session_id, client_id, id),
  FOREIGN KEY (session_id, client_id) REFERENCES client_session(session_id, client_id) ON DELETE CASCADE
);

CREATE TABLE event (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  realm TEXT COLLATE "C" NOT NULL REFERENCES realm(name) ON DELETE CASCADE,
  admin BIGINT NOT NULL,
  time BIGINT NOT NULL,
  expires BIGINT NOT NULL,
  type TEXT COLLATE "C" NOT NULL,
  client TEXT COLLATE "C" NOT NULL,
  "user" TEXT COLLATE "C" NOT NULL,
  address TEXT COLLATE "C" NOT NULL,
  resource TEXT COLLATE "C" NOT NULL,
  path TEXT COLLATE "C" NOT NULL,
  document TEXT COLLATE "C" NOT NULL
);
CREATE INDEX event_by_realm ON event (realm, admin, time DESC, id DESC);
CREATE INDEX event_by_id ON event (realm, admin, id);
CREATE INDEX event_by_expiry ON event (expires) WHERE expires > 0;

CREATE TABLE consent (
  realm TEXT COLLATE "C" NOT NULL,
  user_id TEXT COLLATE "C" NOT NULL,
  client TEXT COLLATE "C" NOT NULL,
  scopes TEXT COLLATE "C" NOT NULL,
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  PRIMARY KEY (realm, user_id, client),
  FOREIGN KEY (realm, user_id) REFERENCES "user"(realm, id) ON DELETE CASCADE
);

CREATE TABLE initial_access (
  realm TEXT COLLATE "C" NOT NULL REFERENCES realm(name) ON DELETE CASCADE,
  id TEXT COLLATE "C" NOT NULL,
  created BIGINT NOT NULL,
  expiration BIGINT NOT NULL,
  count BIGINT NOT NULL,
  remaining BIGINT NOT NULL,
  PRIMARY KEY (realm, id)
);

CREATE TABLE pushed (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  realm TEXT COLLATE "C" NOT NULL REFERENCES realm(name) ON DELETE CASCADE,
  client_id TEXT COLLATE "C" NOT NULL,
  parameters TEXT COLLATE "C" NOT NULL,
  expires BIGINT NOT NULL
);
CREATE INDEX pushed_by_client ON pushed (realm, client_id);
CREATE INDEX pushed_by_expiry ON pushed (expires);

CREATE TABLE logout (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  realm TEXT COLLATE "C" NOT NULL REFERENCES realm(name) ON DELETE CASCADE,
  client_id TEXT COLLATE "C" NOT NULL,
  session_id TEXT COLLATE "C" NOT NULL,
  user_id TEXT COLLATE "C" NOT NULL,
  issuer TEXT COLLATE "C" NOT NULL,
  ended BIGINT NOT NULL,
  due BIGINT NOT NULL,
  attempts BIGINT NOT NULL
);
CREATE INDEX logout_by_due ON logout (due, id);
CREATE INDEX logout_by_realm ON logout (realm);

CREATE TABLE logout_listener (
  realm TEXT COLLATE "C" NOT NULL REFERENCES realm(name) ON DELETE CASCADE,
  client_id TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (realm, client_id)
);

CREATE TABLE device (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  realm TEXT COLLATE "C" NOT NULL REFERENCES realm(name) ON DELETE CASCADE,
  client_id TEXT COLLATE "C" NOT NULL,
  user_code TEXT COLLATE "C" NOT NULL,
  scope TEXT COLLATE "C" NOT NULL,
  resources TEXT COLLATE "C" NOT NULL,
  challenge TEXT COLLATE "C" NOT NULL,
  challenge_method TEXT COLLATE "C" NOT NULL,
  expires BIGINT NOT NULL,
  interval BIGINT NOT NULL,
  state BIGINT NOT NULL,
  session_id TEXT COLLATE "C" NOT NULL,
  next_poll BIGINT NOT NULL
);
CREATE UNIQUE INDEX device_by_user_code ON device (realm, user_code);
CREATE INDEX device_by_client ON device (realm, client_id, expires);
CREATE INDEX device_by_expiry ON device (expires);

-- A number that grows with what programs keep in memory, and a word to those who listen.
CREATE TABLE generation (one BIGINT PRIMARY KEY CHECK (one = 1), value BIGINT NOT NULL);
INSERT INTO generation VALUES (1, 1);
CREATE FUNCTION count_generation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE generation SET value = value + 1;
  PERFORM pg_notify('ostiary', '');
  RETURN NULL;
END $$;
CREATE TRIGGER generation AFTER INSERT OR UPDATE OR DELETE ON realm FOR EACH ROW
  EXECUTE FUNCTION count_generation();
CREATE TRIGGER generation AFTER INSERT OR UPDATE OR DELETE ON key FOR EACH ROW
  EXECUTE FUNCTION count_generation();
CREATE TRIGGER account_added AFTER INSERT ON "user" FOR EACH ROW
  WHEN (new.username LIKE 'service-account-%')
  EXECUTE FUNCTION count_generation();
CREATE TRIGGER account_changed AFTER UPDATE OF username, document, enabled ON "user" FOR EACH ROW
  WHEN (new.username LIKE 'service-account-%' OR old.username LIKE 'service-account-%')
  EXECUTE FUNCTION count_generation();
CREATE TRIGGER account_removed AFTER DELETE ON "user" FOR EACH ROW WHEN (old.username LIKE 'service-account-%')
  EXECUTE FUNCTION count_generation();

-- Written to see whether that goes well, which nobody waits for.
CREATE TABLE heartbeat (one BIGINT PRIMARY KEY CHECK (one = 1), value BIGINT NOT NULL);
INSERT INTO heartbeat VALUES (1, 1);

-- A member of the notes of a session, which may be no JSON.
CREATE FUNCTION note(notes TEXT, name TEXT) RETURNS TEXT LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  RETURN CAST(notes AS json) ->> name;
EXCEPTION WHEN data_exception THEN
  RETURN NULL;
END $$;
