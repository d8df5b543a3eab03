/** The application around the domain: what lets calls in, answers them, and keeps house. */
@NullMarked
package dev.membership.service;

import org.jspecify.annotations.NullMarked;
