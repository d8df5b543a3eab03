/** What calls the service while a drill does something to it. */
package dev.membership.drills;
