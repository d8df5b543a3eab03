/** Who calls, and what they may do. */
@NullMarked
package dev.membership.domain.caller;

import org.jspecify.annotations.NullMarked;
