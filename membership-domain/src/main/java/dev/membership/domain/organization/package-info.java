/** Organizations and their counts. */
@NullMarked
package dev.membership.domain.organization;

import org.jspecify.annotations.NullMarked;
