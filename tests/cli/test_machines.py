"""Other systems are made known, and get a key that is shown once."""

import json


def test_a_service_and_its_key_are_made(laurel, desk):
    service_id = laurel("service", "add", "Shop", "--type", "shop", "--url", "https://shop.example.com").document["service_id"]
    key = laurel("api-key", "create", "--service", service_id, "--permissions", "events:write, users:read", "--days", "30").document["key"]
    with desk().read() as session:
        stored = session.connection().exec_driver_sql("SELECT key_hash, permissions, expires_at FROM api_keys").one()
    assert key not in stored
    assert json.loads(stored[1]) == ["events:write", "users:read"] or set(json.loads(stored[1])) == {"events:write", "users:read"}
    assert stored[2] is not None


def test_a_permission_that_nobody_knows_is_named(laurel):
    service_id = laurel("service", "add", "Shop", "--type", "shop").document["service_id"]
    done = laurel("api-key", "create", "--service", service_id, "--permissions", "events:write,everything", code=1)
    assert "everything" in done.err
    assert done.out == ""


def test_a_key_for_a_service_that_nobody_knows_is_refused(laurel):
    assert "svc_0" in laurel("api-key", "create", "--service", "svc_0", "--permissions", "events:write", code=1).err
