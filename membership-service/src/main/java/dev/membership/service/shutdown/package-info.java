/** The end of the process, without a call cut off. */
@NullMarked
package dev.membership.service.shutdown;

import org.jspecify.annotations.NullMarked;
