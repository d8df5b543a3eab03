/** The gRPC door: it decodes, calls one use case and encodes. */
@NullMarked
package dev.membership.service.grpc;

import org.jspecify.annotations.NullMarked;
