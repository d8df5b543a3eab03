/** Which calls are taken: as many as can be answered soon, and none that the end of the process would cut off. */
@NullMarked
package dev.membership.service.admission;

import org.jspecify.annotations.NullMarked;
