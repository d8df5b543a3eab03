/**
 * What {@code ./run} starts: PostgreSQL from an embedded archive, the service as it is shipped, and a demo instance.
 * Nothing of it is part of the production artifact, and the service does not know of it: it gets its settings from the
 * environment and its demo data through its own gRPC door.
 */
package dev.membership.local;
