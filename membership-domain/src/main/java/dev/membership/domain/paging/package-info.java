/** Pages of lists, read by keyset. */
@NullMarked
package dev.membership.domain.paging;

import org.jspecify.annotations.NullMarked;
