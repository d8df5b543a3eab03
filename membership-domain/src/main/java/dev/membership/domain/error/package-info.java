/** Everything a caller can be refused for. */
@NullMarked
package dev.membership.domain.error;

import org.jspecify.annotations.NullMarked;
