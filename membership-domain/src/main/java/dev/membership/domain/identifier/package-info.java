/** Ids. */
@NullMarked
package dev.membership.domain.identifier;

import org.jspecify.annotations.NullMarked;
