"""What a person writes on each step of the story, in each language of the house."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """One person's messages, in the order in which they are written."""

    hours: str
    course: str
    tonight: str
    unpaid: str
    book: str
    mine: str
    move: str
    cancel: str
    name: str


WORDS = {
    "it": Words(
        hours="a che ora apre lo sportello domani?",
        course="dove posso imparare l'italiano gratis?",
        tonight="non ho un posto dove dormire stanotte",
        unpaid="il mio capo non mi paga da due mesi",
        book="voglio prenotare un appuntamento",
        mine="quando è il mio appuntamento?",
        move="devo spostare il mio appuntamento",
        cancel="voglio cancellare il mio appuntamento",
        name="Lucia",
    ),
    "en": Words(
        hours="what time is the office open tomorrow?",
        course="where can I learn Italian for free?",
        tonight="I have no place to sleep tonight",
        unpaid="my boss did not pay me for two months",
        book="I want to book an appointment",
        mine="when is my appointment?",
        move="I need to move my appointment to another day",
        cancel="please cancel my appointment",
        name="Grace",
    ),
    "fr": Words(
        hours="le guichet ouvre à quelle heure demain ?",
        course="où est-ce que je peux apprendre l'italien gratuitement ?",
        tonight="je n'ai pas d'endroit où dormir cette nuit",
        unpaid="mon patron ne me paie pas depuis deux mois",
        book="je veux prendre un rendez-vous",
        mine="c'est quand mon rendez-vous ?",
        move="je dois déplacer mon rendez-vous",
        cancel="je veux annuler mon rendez-vous",
        name="Fatou",
    ),
    "es": Words(
        hours="¿a qué hora abre la oficina mañana?",
        course="¿dónde puedo aprender italiano gratis?",
        tonight="no tengo dónde dormir esta noche",
        unpaid="mi jefe no me paga desde hace dos meses",
        book="quiero reservar una cita",
        mine="¿cuándo es mi cita?",
        move="necesito cambiar mi cita para otro día",
        cancel="quiero cancelar mi cita",
        name="Rosa",
    ),
    "ar": Words(
        hours="متى يفتح المكتب غدا؟",
        course="أين يمكنني تعلم اللغة الإيطالية مجانا؟",
        tonight="ليس عندي مكان أنام فيه الليلة",
        unpaid="صاحب العمل لم يدفع لي منذ شهرين",
        book="أريد حجز موعد",
        mine="متى موعدي؟",
        move="أريد تغيير موعدي إلى يوم آخر",
        cancel="أريد إلغاء موعدي",
        name="أمينة",
    ),
    "bn": Words(
        hours="আগামীকাল অফিস কয়টায় খোলে?",
        course="বিনা পয়সায় ইতালিয়ান ভাষা কোথায় শিখতে পারি?",
        tonight="আজ রাতে ঘুমানোর জায়গা নেই",
        unpaid="মালিক দুই মাস ধরে বেতন দেয় না",
        book="আমি একটা অ্যাপয়েন্টমেন্ট নিতে চাই",
        mine="আমার অ্যাপয়েন্টমেন্ট কবে?",
        move="আমার অ্যাপয়েন্টমেন্টের তারিখ বদলাতে চাই",
        cancel="আমার অ্যাপয়েন্টমেন্ট বাতিল করতে চাই",
        name="রহিমা",
    ),
}
