"""How the rooms are wired together: settings, addresses, the ASGI entrance. Owns no tables; may use everything."""
