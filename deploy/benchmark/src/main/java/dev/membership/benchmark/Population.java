package dev.membership.benchmark;

import java.util.concurrent.ThreadLocalRandom;

/**
 * Where the seeded rows are (seed.sql): everything has a number, and ids are numbers of 19 digits, so that pgbench, which
 * can only reckon, addresses the same rows as the callers here.
 */
enum Population {
    /** The 9,996 organizations of 88 to 89 members each. */
    SPREAD(5, 10_000, 88),
    /** One organization of 100,000 members. */
    LARGE(1, 1, 100_000),
    /** One organization of 100 members. */
    SMALL(4, 4, 100),
    /** One organization that everybody joins at the same time. */
    HOT(10_001, 10_001, 0);

    static final int USERS = 200_000;
    /** Member of 2,000 organizations. */
    static final int BUSY_USER = 200_000;

    private static final long FIRST_USER = 1_000_000_000_000_000_000L;
    private static final long FIRST_ORGANIZATION = 2_000_000_000_000_000_000L;

    private final int first;
    private final int last;
    private final int members;

    Population(int first, int last, int members) {
        this.first = first;
        this.last = last;
        this.members = members;
    }

    /** A member of an organization. */
    record Member(long organization, long user) {
        String organizationId() {
            return organizationId(organization);
        }

        String userId() {
            return userId(user);
        }

        static String organizationId(long number) {
            return Long.toString(FIRST_ORGANIZATION + number);
        }

        static String userId(long number) {
            return Long.toString(FIRST_USER + number);
        }
    }

    /** Any of those who are never removed, see {@link #leaving}. */
    Member random() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        long organization = random.nextInt(first, last + 1);
        return member(organization, random.nextInt(members / 2));
    }

    /** The members one after another, no two of them in the same organization until each has had its turn. */
    Member existing(long turn) {
        return member(organization(turn), 2 + turn / organizations());
    }

    /** Likewise, from the other end. */
    Member leaving(long turn) {
        return member(organization(turn), members - 1 - turn / organizations());
    }

    /** Those who are no members yet, likewise. */
    Member joining(long turn) {
        return member(organization(turn), members + 12 + turn / organizations());
    }

    String organizationId() {
        return Member.organizationId(first);
    }

    private Member member(long organization, long place) {
        long start = this == SPREAD ? organization * members : 0;
        return new Member(organization, (start + place) % USERS);
    }

    private long organization(long turn) {
        return first + turn % organizations();
    }

    private long organizations() {
        return last - first + 1L;
    }
}
