package dev.membership.service.grpc;

import io.smallrye.config.ConfigMapping;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;

/** What an operator can set of gRPC connections, see {@link Connections}. */
@ConfigMapping(prefix = "membership.grpc")
interface GrpcConfig {
    /** After how long a client is asked to connect anew. */
    @DurationMin(millis = 1, message = "(MEMBERSHIP_GRPC_CONNECTION_AGE) must be a millisecond or more")
    Duration connectionAge();

    /** How many calls a connection carries at a time. */
    @Min(value = 1, message = "(MEMBERSHIP_GRPC_CALLS_PER_CONNECTION) must be at least 1")
    int callsPerConnection();
}
