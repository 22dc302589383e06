"""What columns are called, in English, and what that says about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from anonymiser.attributes import Concept, Role

__all__ = ["FILLERS", "IDENTIFIERS", "KNOWN", "PEOPLE", "Known"]


@dataclass(frozen=True)
class Known:
    """A thing that columns speak of.

    Attributes
    ----------
    what : str
        The thing in words, for a reason: "a given name".
    role : Role
    concept : Concept
        When the content fits; a column named ``weight`` without numbers is a category.
    phrases : tuple of str
        Names for it. All words of a phrase must stand in the column's name; the longest phrase wins.
    alone : bool
        No words but those of ``FILLERS`` and ``PEOPLE`` may stand beside it: "name" is a person's
        name, "hospital_name" is not.
    """

    what: str
    role: Role
    concept: Concept
    phrases: tuple[str, ...]
    alone: bool = False


def _known(what: str, role: Role, concept: Concept, phrases: str, *, alone: bool = False) -> Known:
    return Known(what, role, concept, tuple(phrase.strip() for phrase in phrases.split(",")), alone)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


PEOPLE: Final = _words(
    "customer patient client person member user employee student participant subject applicant respondent insured "
    "policyholder resident individual pupil worker staff donor tenant citizen passenger guest beneficiary"
)
FILLERS: Final = _words(
    "the of a an in at for to n no nr num number avg average mean per week weekly day daily month monthly year yearly "
    "total value code type level current main primary home work contact first second last new old my full "
    "count counts counter original cancel"
)
IDENTIFIERS: Final = _words("id ids uid pid cid identifier key pk ref reference index idx")

KNOWN: Final = (
    # --- direct identifiers ---
    _known(
        "a given name",
        Role.DIRECT,
        Concept.GIVEN_NAME,
        "given name, first name, forename, fname, christian name, middle name, preferred name, known as, initials, "
        "nickname, givenname, firstname",
    ),
    _known(
        "a surname",
        Role.DIRECT,
        Concept.SURNAME,
        "surname, last name, family name, lname, maiden name, birth name, second name, lastname, previous name",
    ),
    _known(
        "a person's name",
        Role.DIRECT,
        Concept.FULL_NAME,
        "full name, gp name, doctor name, next of kin, mother name, father name, spouse name, contact name, "
        "emergency contact, signature",
    ),
    _known("a person's name", Role.DIRECT, Concept.FULL_NAME, "name, names", alone=True),
    _known("an e-mail address", Role.DIRECT, Concept.EMAIL, "email, e mail, mail address, email address"),
    _known(
        "a phone number",
        Role.DIRECT,
        Concept.PHONE,
        "phone, telephone, tel, mobile, cell phone, cellphone, landline, fax, msisdn, contact number, phone number, "
        "whatsapp, extension number",
    ),
    _known(
        "a National Insurance number",
        Role.DIRECT,
        Concept.NATIONAL_INSURANCE,
        "national insurance, national insurance number, ni number, ni no, nino, nin",
    ),
    _known("an NHS number", Role.DIRECT, Concept.NHS_NUMBER, "nhs, nhs number, nhs no"),
    _known(
        "a bank account or card",
        Role.DIRECT,
        Concept.BANK_ACCOUNT,
        "bank account, account number, account no, iban, bic, swift, sort code, card number, credit card, debit card, "
        "bank details, bank account number, bank",
    ),
    _known("an account", Role.DIRECT, Concept.BANK_ACCOUNT, "account, acct", alone=True),
    _known(
        "an address",
        Role.DIRECT,
        Concept.ADDRESS,
        "address, addr, street, house number, house name, address line, flat number, uprn, latitude, longitude, gps, "
        "coordinates, easting, northing",
    ),
    _known(
        "a number given to one person or thing",
        Role.DIRECT,
        Concept.RECORD_ID,
        "social security, ssn, passport, passport number, driving licence, driving license, drivers license, "
        "hospital number, mrn, medical record number, record number, policy number, membership number, "
        "employee number, staff number, customer number, patient number, case number, chi number, hcpc, gmc, "
        "accession number, tax number, utr, tin, user name, username, login, ip address, mac address, imei, device, "
        "licence plate, license plate, number plate, registration number, vehicle registration, vin, uuid, guid, url, "
        "website, twitter, facebook, instagram, pseudonym, barcode, sample number, upn, national id, identity number, "
        "identity card, photo, picture, fingerprint, cookie, serial number",
    ),
    _known(
        "free text",
        Role.DIRECT,
        Concept.TEXT,
        "comment, comments, notes, note, remarks, remark, free text, freetext, narrative, letter, message, feedback, "
        "description, transcript",
    ),
    # --- quasi-identifiers ---
    _known(
        "gender or sex",
        Role.QUASI,
        Concept.GENDER,
        "gender, sex, gender identity, sex at birth, gender at birth, birth sex",
    ),
    _known(
        "a date of birth",
        Role.QUASI,
        Concept.BIRTHDATE,
        "birth, birthdate, birth date, date of birth, date birth, dob, birthday, born, day of birth, year of birth, "
        "birth year, yob, month of birth, dateofbirth",
    ),
    _known("age", Role.QUASI, Concept.AGE, "age, ages, age years"),
    _known("an age group", Role.QUASI, Concept.CATEGORY, "age group, age band, age range, age class, agegroup"),
    _known(
        "a country of birth",
        Role.QUASI,
        Concept.BIRTH_COUNTRY,
        "country of birth, birth country, native country, country born, born in country, country of origin, "
        "origin country",
    ),
    _known(
        "a country of residence",
        Role.QUASI,
        Concept.CURRENT_COUNTRY,
        "current country, country of residence, residence country, resident country, country living, "
        "country residing, home country",
    ),
    _known("a country", Role.QUASI, Concept.COUNTRY, "country, country name, nation"),
    _known("a postcode", Role.QUASI, Concept.POSTCODE, "postcode, post code, postal code, zip, zip code, zipcode, plz"),
    _known(
        "a place",
        Role.QUASI,
        Concept.CATEGORY,
        "region, county, city, town, village, state, province, district, borough, area, lsoa, msoa, ward, location, "
        "municipality, place, place of birth, birthplace, constituency, neighbourhood, city of birth, town of birth",
    ),
    _known(
        "education",
        Role.QUASI,
        Concept.EDUCATION,
        "education, education level, educational, qualification, highest qualification, degree, edu, schooling, "
        "academic level",
    ),
    _known(
        "work",
        Role.QUASI,
        Concept.CATEGORY,
        "occupation, job, job title, profession, employer, employment, employment status, workclass, work class, "
        "industry, company, department, position, socioeconomic, social class, school, university",
    ),
    _known(
        "a family",
        Role.QUASI,
        Concept.CATEGORY,
        "marital status, marital, married, civil status, relationship, relationship status, household, family status, "
        "partner, housing, tenure",
    ),
    _known(
        "a number of people", Role.QUASI, Concept.NUMBER, "children, dependents, dependants, siblings, household size"
    ),
    _known(
        "ethnic origin",
        Role.QUASI,
        Concept.CATEGORY,
        "ethnicity, ethnic, ethnic group, race, nationality, citizenship, language, mother tongue, ancestry, origin",
    ),
    _known("a date", Role.QUASI, Concept.DATE, "date, datetime, timestamp"),
    # --- what an acquaintance may know ---
    _known("weight", Role.OBSERVABLE, Concept.WEIGHT, "weight, body weight, wt kg"),
    _known("height", Role.OBSERVABLE, Concept.HEIGHT, "height, body height, stature"),
    _known("body mass index", Role.OBSERVABLE, Concept.BMI, "bmi, body mass index, body mass"),
    _known(
        "travel",
        Role.OBSERVABLE,
        Concept.COUNTRIES_VISITED,
        "countries visited, country visited, visited countries, trips, travel, countries travelled",
    ),
    _known(
        "looks or habits",
        Role.OBSERVABLE,
        Concept.CATEGORY,
        "hair colour, hair color, eye colour, eye color, shoe size, car, vehicle, pet, hobby, hobbies, sport, "
        "exercise, diet, handedness",
    ),
    _known(
        "drinking",
        Role.OBSERVABLE_SENSITIVE,
        Concept.DRINKS,
        "drinks, drink, drinking, alcohol, alcohol units, units alcohol, beers, wine",
    ),
    _known(
        "smoking",
        Role.OBSERVABLE_SENSITIVE,
        Concept.CIGARETTES,
        "cigarettes, cigarette, cigaret, cigs, smoking, smoker, smokes, smoked, tobacco, smoking status, pack years, "
        "vaping",
    ),
    # --- sensitive ---
    _known("a blood group", Role.SENSITIVE, Concept.BLOOD_GROUP, "blood group, blood type, bloodgroup, bloodtype, abo"),
    _known(
        "health",
        Role.SENSITIVE,
        Concept.HEALTH_STATUS,
        "diagnosis, diagnoses, disease, illness, condition, symptom, symptoms, icd, comorbidity, comorbidities, "
        "medication, drug, prescription, treatment, therapy, procedure, surgery, hiv, aids, cancer, tumour, tumor, "
        "diabetes, diabetic, asthma, stroke, disability, disabled, pregnant, pregnancy, mental health, depression, "
        "anxiety, blood pressure, systolic, diastolic, cholesterol, glucose, hba1c, heart rate, test result, "
        "lab result, covid, vaccination, vaccinated, cc status, case status, case control, health status, "
        "health state, disease status, vital status, allergy, allergies, outcome, mortality, deceased, death, "
        "hypertension, infection, dementia, genotype, gene, mutation, snp, readmission, severity, stage, claim, "
        "claims, health",
    ),
    _known(
        "money",
        Role.SENSITIVE,
        Concept.NUMBER,
        "income, salary, salary class, wage, wages, earnings, pay, debt, loan, mortgage, balance, net worth, wealth, "
        "credit score, credit rating, benefits, premium, capital gain, capital loss, charges, cost, costs, spending, "
        "fare, income class",
    ),
    _known(
        "a special category of personal data",
        Role.SENSITIVE,
        Concept.CATEGORY,
        "religion, religious, faith, belief, political, politics, party, vote, voted, trade union, union member, "
        "sexual orientation, sexuality, orientation, criminal, conviction, convictions, offence, offense, arrest, "
        "arrested, crime, asylum, immigration status",
    ),
)
