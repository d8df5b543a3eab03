package dev.membership.domain.database;

import java.io.Serializable;

/** The key of every entity that belongs to an instance: none can be loaded without saying whose it is. */
public record ScopedId(String instanceId, String id) implements Serializable {}
