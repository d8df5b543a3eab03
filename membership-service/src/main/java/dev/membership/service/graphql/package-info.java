/** The GraphQL door: it decodes, calls one use case and encodes. */
@NullMarked
package dev.membership.service.graphql;

import org.jspecify.annotations.NullMarked;
