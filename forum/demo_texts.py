"""What people of the demo faculty say. Sentences that fit together in any order."""

SENTENCES = [
    "Menurut saya kuncinya ada di anamnesis, pemeriksaan penunjang hanya memastikan.",
    "Di Guyton bagian ini dijelaskan lebih runtut daripada di salindia kuliah.",
    "Kemarin waktu tutorial kelompok kami juga berdebat soal ini hampir setengah jam.",
    "Coba bandingkan dengan kasus minggu lalu, polanya mirip tetapi onsetnya berbeda.",
    "Saya masih bingung kenapa **refleksnya** justru meningkat pada lesi ini.",
    "Kalau tekanan darahnya turun, kompensasi pertama yang muncul adalah takikardia.",
    "Setuju, tetapi jangan lupa faktor risiko keluarga dan riwayat obat.",
    "Dosen pengampu bilang hal ini sering keluar di ujian blok.",
    "Saya buat ringkasan kecil, semoga membantu teman-teman yang lain.",
    "Ada yang punya gambar jalurnya? Saya lebih mudah paham kalau melihat skema.",
    "Istilahnya memang membingungkan, saya sempat tertukar juga di praktikum.",
    "Nilai normalnya berbeda antara dewasa dan anak, jadi lihat dulu usianya.",
    "Terima kasih, penjelasan ini jauh lebih jelas daripada catatan saya.",
    "Kalau di skenario disebut demam tiga hari, saya langsung curiga dengue.",
    "Edukasi pasien sering dilupakan, padahal ada nilainya di OSCE.",
    "Menurut jurnal yang kita baca pekan lalu, sensitivitasnya sekitar 80 persen.",
    "Boleh tahu sumbernya? Saya ingin baca versi lengkapnya.",
    "Saya coba jawab pelan-pelan: mulai dari definisi, lalu patofisiologi.",
    "Di skills lab kita diminta menyebutkan urutannya dengan suara keras.",
    "Jangan hafalkan tabelnya, pahami alurnya, nanti tabelnya ikut sendiri.",
    "Betul, dan itu sebabnya pasien merasa lebih ringan ketika duduk.",
    "Pertanyaan bagus, saya juga belum menemukan jawabannya.",
    "Kalau ada waktu, mari kita bahas lagi setelah kuliah pleno besok.",
    "Pembuluh darahnya menyempit, jadi aliran ke distal berkurang.",
    "Saya tambahkan satu hal: perhatikan juga kadar kaliumnya.",
]
LISTS = [
    "Yang perlu dibaca:\n\n1. fisiologi dasarnya\n2. gambaran klinis\n3. tata laksana awal",
    "Bedakan tiga hal ini:\n\n- onset\n- durasi\n- faktor yang memperberat",
    "> Anamnesis yang baik sudah memberi tujuh puluh persen diagnosis.\n\nItu yang selalu diulang di kelas.",
]
BIG_TITLE = "Diskusi besar"
BIG_OPENING = (
    "Utas ini untuk semua angkatan: bahas apa saja seputar kuliah, tutorial, dan praktikum.\n\n"
    "Supaya tetap enak dibaca:\n\n1. balas langsung di bawah pesan yang Anda jawab\n"
    "2. sebutkan sumbernya\n3. jangan tulis identitas pasien"
)
# title, opening, question?, anonymous?, replies, category
THREADS = [
    (
        "Kenapa nyeri dada menjalar ke lengan kiri?",
        (
            "Pada skenario Modul 3, Pak Darman (54 tahun) merasa nyeri seperti ditindih setiap naik "
            "tangga, menjalar ke lengan kiri dan rahang, hilang setelah istirahat lima menit.\n\n"
            "Saya paham kenapa jantungnya kekurangan oksigen, tetapi:\n\n"
            "1. kenapa nyerinya **terasa di lengan**, padahal lengannya tidak apa-apa?\n"
            "2. kenapa lebih sering kiri?"
        ),
        True,
        False,
        9,
        "mahasiswa",
    ),
    (
        "Cara membagi waktu saat blok dan skripsi bersamaan",
        (
            "Blok berjalan penuh sampai Jumat, sementara pembimbing meminta bab 2 akhir bulan. "
            "Bagaimana teman-teman yang sudah lewat membaginya?"
        ),
        True,
        True,
        14,
        "mahasiswa",
    ),
    (
        "Bank soal anatomi: mari kumpulkan bersama",
        "Tulis satu soal per balasan, lengkap dengan jawabannya. Saya rapikan tiap pekan.",
        False,
        False,
        37,
        "mahasiswa",
    ),
    (
        "Jadwal belajar bersama sebelum ujian blok",
        "Ruang belajar lantai 2 terbuka sampai pukul 20.00. Siapa ikut Rabu dan Kamis?",
        False,
        False,
        12,
        "mahasiswa",
    ),
    (
        "Rekomendasi aplikasi untuk kartu hafalan",
        "Saya mencari yang bisa dipakai tanpa internet.",
        True,
        False,
        6,
        "mahasiswa",
    ),
    (
        "Penyamaan persepsi tutor PBL modul berikutnya",
        "Mohon masukan untuk pemicu skenario. Konsep terlampir di grup, diskusi kita lanjutkan di sini.",
        False,
        False,
        11,
        "dosen",
    ),
    (
        "Format baru lembar penilaian seminar",
        "Draf rubrik sudah disusun. Bagian mana yang masih terlalu umum?",
        False,
        False,
        8,
        "dosen",
    ),
    (
        "Pendaftaran ulang dan perubahan KRS",
        "Pertanyaan seputar pendaftaran ulang ditulis di sini, kami jawab pada jam kerja.",
        False,
        False,
        23,
        "akademik",
    ),
]
# title, opening, question?, replies, do lecturers reply?
COURSE_THREADS = [
    (
        "Urutan belajar yang masuk akal",
        "Menurut Anda bagian mana yang dibaca lebih dulu sebelum tutorial pertama?",
        False,
        5,
        True,
    ),
    (
        "Apakah nilai normal perlu dihafal semua?",
        "Di salindia ada tiga tabel. Apakah semuanya keluar di ujian, atau cukup yang umum saja?",
        True,
        3,
        False,
    ),
]
